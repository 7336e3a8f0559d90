//! Trains the voice models: one from all texts, and one without each fold.
//!
//! `cargo run --release --no-default-features --example train_voice -- TEXTS.jsonl FOLDS OUT`
//!
//! TEXTS.jsonl holds one text a line: `{"text", "speaker": "story"|"comment"|"furniture", "weight",
//! "fold"}`. OUT is a folder that gets `voice.bin`, trained on all texts, and `voice-0.bin` and so
//! on, each trained without one fold. The program prints the scores of each on its held-out fold.
//! `scripts/train-voice` calls it.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead as _;
use std::path::Path;

use copydesk::extract::model::voice::train::{Example, Options, Speaker, train};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    text: String,
    speaker: String,
    weight: f32,
    fold: usize,
    #[serde(default)]
    source: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [texts, folds, out] = arguments.as_slice() else {
        return Err("usage: train_voice TEXTS.jsonl FOLDS OUT".into());
    };
    let folds: usize = folds.parse()?;
    let options = Options::default();
    let mut examples: Vec<(usize, String, Speaker, Example)> = Vec::new();
    for line in std::io::BufReader::new(std::fs::File::open(texts)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let speaker = match line.speaker.as_str() {
            "story" => Speaker::Story,
            "comment" => Speaker::Comment,
            "furniture" => Speaker::Furniture,
            other => return Err(format!("no speaker is called {other}").into()),
        };
        let example = Example::new(&line.text, speaker, line.weight);
        examples.push((line.fold, line.source, speaker, example));
    }
    println!("{} texts", examples.len());
    let out = Path::new(out);
    std::thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        let (examples, options) = (&examples, &options);
        let train_without = move |left_out: Option<usize>| {
            let kept = examples
                .iter()
                .filter(move |(fold, ..)| Some(*fold) != left_out)
                .map(|(.., example)| example);
            train(kept, options)
        };
        let whole = scope.spawn(move || train_without(None));
        let mut right: BTreeMap<(&str, &str), [u32; 3]> = BTreeMap::new();
        for fold in 0..folds {
            let model = train_without(Some(fold));
            for (own, source, speaker, example) in examples {
                if *own == fold {
                    let name = match speaker {
                        Speaker::Story => "story",
                        Speaker::Comment => "comment",
                        Speaker::Furniture => "furniture",
                    };
                    let heard = model.who(example) as usize;
                    right.entry((source, name)).or_default()[heard] += 1;
                }
            }
            std::fs::write(out.join(format!("voice-{fold}.bin")), model.write())?;
        }
        println!("held out: taken for story, comment, furniture");
        for ((source, name), counts) in right {
            println!("{source:<22} {name:<10} {counts:?}");
        }
        let model = whole.join().map_err(|_panic| "training failed")?;
        std::fs::write(out.join("voice.bin"), model.write())?;
        Ok(())
    })
}
