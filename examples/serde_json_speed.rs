//! Measures how fast serde_json alone reads the lines of a file as JSON values and writes them
//! again, for comparison with `copydesk convert`.
//!
//! `cargo run --release --no-default-features --example serde_json_speed -- FILE.jsonl`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file of JSON lines")?;
    let mut lines = BufReader::with_capacity(1 << 18, std::fs::File::open(path)?);
    let (mut line, mut out) = (Vec::new(), Vec::new());
    let (mut bytes, mut sink) = (0, std::io::sink());
    let start = Instant::now();
    while lines.read_until(b'\n', &mut line)? > 0 {
        bytes += line.len();
        let value: serde_json::Value = serde_json::from_slice(&line)?;
        serde_json::to_writer(&mut out, &value)?;
        sink.write_all(&out)?;
        line.clear();
        out.clear();
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} MB/s: {bytes} bytes in {seconds:.2} s",
        bytes as f64 / 1e6 / seconds
    );
    Ok(())
}
