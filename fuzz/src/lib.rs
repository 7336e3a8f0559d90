//! What the fuzz targets share: the samples of the repository, and seeds made from them.
//!
//! With `COPYDESK_SEEDS=FOLDER` in the environment, a target writes the inputs from which the fuzzer starts into FOLDER
//! and ends. So seeds are made by the code that knows what a target reads, and none are kept in the repository.

pub mod records;
pub mod samples;

use std::fs;
use std::path::PathBuf;

/// The largest seed, in bytes. The fuzzer is quicker with small ones.
const MOST: usize = 16 << 10;

/// Writes seeds and ends the program, if the environment asks for them.
///
/// # Panics
/// If the folder cannot be written.
pub fn seeds(make: impl FnOnce() -> Vec<Vec<u8>>) {
    let Some(folder) = std::env::var_os("COPYDESK_SEEDS").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder for the seeds");
    for (number, mut seed) in make().into_iter().enumerate() {
        seed.truncate(MOST);
        fs::write(folder.join(format!("seed-{number:04}")), seed).expect("room for a seed");
    }
    std::process::exit(0);
}
