//! The pictures of the guidelines: files in the dataset's folder, read by a thread, and pictures in
//! the text itself.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::formats::reading::catch_panic::catch_panic;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use egui::load::{Bytes, BytesLoadResult, BytesLoader, BytesPoll, LoadError};

/// What is before a path in the dataset's folder.
pub(super) const SCHEME: &str = "guide://";
/// The largest picture that is read, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// The largest picture that is read, in pixels: a screenshot of a whole page is 24 million.
const MOST_PIXELS: u64 = 36_000_000;

/// As people paste it: with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Default)]
struct Shelf {
    folder: PathBuf,
    read: HashMap<String, Option<Result<Bytes, String>>>,
}

/// Reads pictures; shared with egui.
#[derive(Clone, Default)]
pub(super) struct Pictures {
    shelf: Arc<Mutex<Shelf>>,
    installed: bool,
}

struct Loader(Arc<Mutex<Shelf>>);

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pictures {
    pub(super) fn set_folder(&mut self, folder: &Path) {
        let mut shelf = lock(&self.shelf);
        if shelf.folder != folder {
            shelf.folder = folder.to_path_buf();
            shelf.read.clear();
        }
    }

    /// Tells egui how pictures come, and takes away every other way.
    pub(super) fn install(&mut self, ctx: &egui::Context) {
        if !std::mem::replace(&mut self.installed, true) {
            egui_extras::install_image_loaders(ctx);
            let files = egui_extras::loaders::file_loader::FileLoader::ID;
            let loaders = ctx.loaders();
            loaders.bytes.lock().retain(|loader| loader.id() != files);
            ctx.add_bytes_loader(Arc::new(Loader(Arc::clone(&self.shelf))));
        }
    }
}

impl BytesLoader for Loader {
    fn id(&self) -> &str {
        egui::generate_loader_id!(Loader)
    }

    fn load(&self, ctx: &egui::Context, uri: &str) -> BytesLoadResult {
        if !uri.starts_with(SCHEME) && !uri.starts_with("data:") {
            return Err(LoadError::NotSupported);
        }
        let mut shelf = lock(&self.0);
        match shelf.read.get(uri) {
            Some(Some(Ok(bytes))) => {
                return Ok(BytesPoll::Ready {
                    size: None,
                    bytes: bytes.clone(),
                    mime: None,
                });
            }
            Some(Some(Err(why))) => return Err(LoadError::Loading(why.clone())),
            Some(None) => return Ok(BytesPoll::Pending { size: None }),
            None => {}
        }
        shelf.read.insert(uri.to_owned(), None);
        let (mine, uri, ctx) = (Arc::clone(&self.0), uri.to_owned(), ctx.clone());
        let folder = shelf.folder.clone();
        let most_side = ctx.input(|input| input.max_texture_side);
        let thread = std::thread::Builder::new()
            .name("copydesk-picture".to_owned())
            .spawn(move || {
                let read = match uri.strip_prefix(SCHEME) {
                    Some(path) => from_file(&folder, path),
                    None => from_text(&uri),
                };
                let read = read.and_then(|bytes| fitting(bytes, most_side));
                lock(&mine).read.insert(uri, Some(read.map(Into::into)));
                ctx.request_repaint();
            });
        match thread {
            Ok(_) => Ok(BytesPoll::Pending { size: None }),
            Err(error) => Err(LoadError::Loading(error.to_string())),
        }
    }

    fn forget(&self, uri: &str) {
        lock(&self.0).read.remove(uri);
    }

    fn forget_all(&self) {
        lock(&self.0).read.clear();
    }

    fn byte_size(&self) -> usize {
        let shelf = lock(&self.0);
        let read = shelf.read.values().flatten().flatten();
        read.map(|bytes| bytes.len()).sum()
    }
}

/// A file under `folder`, and nowhere else, links followed.
fn from_file(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    let what = |error: std::io::Error| format!("{path}: {error}");
    let folder = folder.canonicalize().map_err(what)?;
    let path_of_file = folder.join(path).canonicalize().map_err(what)?;
    if !path_of_file.starts_with(&folder) {
        return Err(format!("{path} is not in the dataset's folder"));
    }
    let found = std::fs::metadata(&path_of_file).map_err(what)?;
    if !found.is_file() || found.len() > MOST_BYTES {
        return Err(format!(
            "{path} is not a picture of at most {} MB",
            MOST_BYTES >> 20
        ));
    }
    std::fs::read(&path_of_file).map_err(what)
}

/// A picture as it is, or made smaller if a side is longer than what can be drawn. One that would
/// take too much memory is refused before that is taken.
fn fitting(bytes: Vec<u8>, most_side: usize) -> Result<Vec<u8>, String> {
    let work = || {
        let reader = || image::ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
        let bad = |error: image::ImageError| format!("cannot read the picture: {error}");
        let Ok((width, height)) = reader()
            .map_err(|error| error.to_string())?
            .into_dimensions()
        else {
            return Ok(None); // no picture that is known: whoever draws it says so
        };
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(format!(
                "the picture has {width} × {height} pixels; the limit is {} million",
                MOST_PIXELS / 1_000_000
            ));
        }
        let most_side = u32::try_from(most_side).unwrap_or(u32::MAX).max(1);
        if width.max(height) <= most_side {
            return Ok(None);
        }
        let whole = reader()
            .map_err(|error| error.to_string())?
            .decode()
            .map_err(bad)?;
        let mut smaller = Cursor::new(Vec::new());
        whole
            .thumbnail(most_side, most_side)
            .write_to(&mut smaller, image::ImageFormat::Png)
            .map_err(bad)?;
        Ok(Some(smaller.into_inner()))
    };
    let made = catch_panic(work).ok_or("the picture is damaged")??;
    Ok(made.unwrap_or(bytes))
}

/// `data:image/png;base64,…`
fn from_text(uri: &str) -> Result<Vec<u8>, String> {
    let (kind, data) = uri.split_once(',').ok_or("the picture is empty")?;
    if !kind.ends_with(";base64") {
        return Err("embedded pictures must be base64".to_owned());
    }
    if data.len() as u64 > MOST_BYTES {
        return Err("the picture is too large".to_owned());
    }
    let mut data = data.replace(|c: char| c.is_ascii_whitespace(), "");
    if data.contains(['-', '_']) {
        data = data.replace('-', "+").replace('_', "/");
    }
    BASE64
        .decode(data)
        .map_err(|error| format!("the picture is not valid base64: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_in_the_text_is_decoded() {
        assert_eq!(
            from_text("data:image/png;base64,iVBORw0KGgo="),
            Ok(vec![0x89, b'P', b'N', b'G', 13, 10, 26, 10])
        );
        assert_eq!(
            from_text("data:image/png;base64,_-\n8"),
            Ok(vec![0xff, 0xef])
        );
        assert!(from_text("data:image/png;base64,***").is_err());
        assert!(from_text("data:text/plain,hello").is_err());
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image::GrayImage::new(width, height)
            .write_to(&mut file, image::ImageFormat::Png)
            .unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_is_never_larger_than_what_can_be_drawn() {
        let sides = |bytes: &[u8]| {
            let reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format();
            reader.unwrap().into_dimensions().unwrap()
        };
        let small = png(300, 200);
        assert_eq!(fitting(small.clone(), 2048), Ok(small));
        // A screenshot of a page, on a screen that draws textures of 2048 pixels at most.
        let made = fitting(png(1200, 20_000), 2048).unwrap();
        assert_eq!(sides(&made), (123, 2048));
        let why = fitting(png(8000, 8000), 16_384).unwrap_err();
        assert!(why.contains("8000 × 8000"), "{why}");
        // Damage is refused here or by whoever draws it, and nothing else.
        let whole = png(40, 3000);
        for at in 0..whole.len().min(200) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            let _ = fitting(damaged, 2048);
        }
        assert_eq!(
            fitting(b"no picture".to_vec(), 2048),
            Ok(b"no picture".to_vec())
        );
    }

    #[test]
    fn files_come_from_the_folder_of_the_dataset_alone() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("inner");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(outer.path().join("secret.png"), "secret").unwrap();
        std::fs::write(folder.join("a.png"), "picture").unwrap();
        assert_eq!(from_file(&folder, "a.png"), Ok(b"picture".to_vec()));
        assert!(from_file(&folder, "../secret.png").is_err());
        let absolute = outer.path().join("secret.png");
        assert!(from_file(&folder, absolute.to_str().unwrap()).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&absolute, folder.join("link.png")).unwrap();
            assert!(from_file(&folder, "link.png").is_err());
        }
    }
}
