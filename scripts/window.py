"""A real Copydesk window on a virtual screen, for the other scripts: `--probe` reports its state, xdotool sends keys and mouse.
"""
import json
import os
import subprocess
import sys
import time

PATIENCE = 60


class Screen:
    """A virtual screen with a window manager, which ends with the block."""

    def __enter__(self):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "+extension", "GLX", "+render", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        number = os.read(read, 16).decode().strip()
        os.environ["DISPLAY"] = f":{number}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        self.manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait()


def change(before, now):
    """Returns the share of a sample of two pictures' bytes that differs."""
    before, now = before[::101], now[::101]
    return sum(a != b for a, b in zip(before, now)) / len(now) if len(before) == len(now) else 1.0


class Window:
    """A Copydesk window: the probe reports its state, xdotool sends keys and mouse."""

    def __init__(self, binary, folder, out, settings="", size=(1500, 940), options=()):
        (out / "settings.toml").write_text(settings)
        self.probe_file = out / "probe.json"
        self.probe_file.unlink(missing_ok=True)
        self.log = open(out / "window.log", "w")
        env = dict(os.environ, COPYDESK_SETTINGS=str(out / "settings.toml"))
        self.process = subprocess.Popen(
            [binary, "open", str(folder), "--annotator", "maria", "--probe", str(self.probe_file), *options],
            stdout=self.log, stderr=subprocess.STDOUT, env=env)
        self.until(lambda p: p["article"] is not None, "the first article is open")
        window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Copydesk"], capture_output=True, text=True)
        self.id = window.stdout.split()[-1]
        subprocess.run(["xdotool", "windowsize", "--sync", self.id, *map(str, size)], check=False)
        subprocess.run(["xdotool", "windowactivate", "--sync", self.id], check=False)
        time.sleep(0.6)

    def rest(self):
        """Waits until the notices about opening are gone."""
        time.sleep(5)

    def probe(self):
        try:
            return json.loads(self.probe_file.read_text())
        except (OSError, ValueError):
            return None

    def until(self, wanted, what):
        end = time.time() + PATIENCE
        while time.time() < end:
            if self.process.poll() is not None:
                sys.exit(f"the window closed too early, waiting until {what}; see window.log")
            seen = self.probe()
            if seen and wanted(seen):
                return seen
            time.sleep(0.02)
        sys.exit(f"waited too long until {what}; last seen: {str(self.probe())[:600]}")

    def settled(self):
        """Waits until all changes are drawn and on disk."""
        time.sleep(0.12)
        return self.until(lambda p: p["saved"], "everything is saved")

    def keys(self, *chords):
        for chord in chords:
            subprocess.run(["xdotool", "key", "--clearmodifiers", chord], check=True)
            time.sleep(0.06)
        return self.settled()

    def done(self):
        """Marks the article done and accepts the findings of the check. Returns whether there were any."""
        before = self.probe()
        self.keys("ctrl+Return")
        named = self.until(lambda p: p["check"] or p["key"] != before["key"] or p["exported"] != before["exported"], "the article is done, or checked")
        if named["check"]:
            self.keys("ctrl+Return")
        return named["check"]

    def type(self, words):
        subprocess.run(["xdotool", "type", "--delay", "30", words], check=True)
        time.sleep(0.3)
        return self.settled()

    def move(self, x, y):
        subprocess.run(["xdotool", "mousemove", "--window", self.id, str(int(x)), str(int(y))], check=True)
        time.sleep(0.04)

    def drag(self, start, end):
        self.move(*start)
        subprocess.run(["xdotool", "mousedown", "1"], check=True)
        time.sleep(0.08)
        for part in (0.25, 0.5, 0.75, 1.0):
            self.move(*(a + (b - a) * part for a, b in zip(start, end)))
        time.sleep(0.08)
        subprocess.run(["xdotool", "mouseup", "1"], check=True)
        time.sleep(0.12)
        return self.settled()

    def click(self, x, y, times=1):
        self.move(x, y)
        subprocess.run(["xdotool", "click", "--repeat", str(times), "--delay", "60", "1"], check=True)
        time.sleep(0.12)
        return self.settled()

    def select(self, text, nth=0):
        """Selects a word by a double click; again, where a busy machine took it for two clicks."""
        end = time.time() + PATIENCE
        while time.time() < end:
            word = self.word(text, nth)
            self.click(word["x"], word["y"], times=2)
            for _ in range(30):
                if self.probe()["selected"] == text:
                    time.sleep(1)
                    if self.probe()["selected"] == text:
                        return
                time.sleep(0.1)
            self.keys("Escape")
        sys.exit(f"the word {text!r} cannot be selected")

    def extend(self, chord, text):
        """Presses a key until the selection is `text`."""
        for _ in range(12):
            if self.probe()["selected"] == text:
                return
            before = self.probe()["selected"]
            subprocess.run(["xdotool", "key", "--clearmodifiers", chord], check=True)
            self.until(lambda p: p["selected"] != before, "the selection has grown")
        sys.exit(f"the selection is {self.probe()['selected']!r}, not {text!r}")

    def pixels(self):
        """Returns what is on the screen."""
        return subprocess.run(["import", "-window", self.id, "-depth", "8", "rgb:-"], capture_output=True, check=True).stdout

    def dialog(self, chord, name):
        """Opens a dialog, and waits until it is painted: the state is ahead of the screen."""
        before = self.pixels()
        subprocess.run(["xdotool", "key", "--clearmodifiers", chord], check=True)
        self.until(lambda p: p["dialog"] and p["dialog"]["name"] == name, f"the dialog {name} is open")
        self.painted(before)

    def painted(self, before):
        """Waits until a tenth of the window looks otherwise than before."""
        end = time.time() + PATIENCE
        while time.time() < end and change(before, self.pixels()) < 0.1:
            time.sleep(0.2)

    def escape(self):
        """Closes the dialog or the menu."""
        subprocess.run(["xdotool", "key", "--clearmodifiers", "Escape"], check=True)
        self.until(lambda p: p["dialog"] is None and not p["menu"], "the dialog is closed")
        time.sleep(1)

    def word(self, text, nth=0):
        """Returns the position of a word that is in view."""
        found = [w for w in self.probe()["words"] if w["text"] == text]
        if len(found) <= nth:
            sys.exit(f"the word {text!r} is not in view")
        return found[nth]

    def shoot(self, file):
        """Makes a picture, once nothing moves."""
        time.sleep(0.25)
        before, now = b"", self.pixels()
        while change(before, now) > 0.001: # but for a clock
            time.sleep(0.4)
            before, now = now, self.pixels()
        subprocess.run(["import", "-window", self.id, str(file)], check=True)

    def close(self):
        subprocess.run(["xdotool", "key", "--clearmodifiers", "alt+F4"], check=True)
        try:
            code = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit("the window did not close")
        if code != 0:
            sys.exit(f"the window ended with {code}; see window.log")
