//! The letters of paragraphs that egui does not lay out: each glyph is painted once by vello into a
//! texture, at the size in pixels at which it is shown and at one of four places between two
//! pixels, as egui does with its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::epaint::{ColorImage, FontColorTransferFunction, Mesh, Vertex};
use eframe::egui::{
    Color32, Context, Painter, Pos2, Rect, Shape, TextureHandle, TextureOptions, Vec2, pos2, vec2,
};
use vello_cpu::color::{OpaqueColor, Srgb};
use vello_cpu::peniko::FontData;
use vello_cpu::{Glyph, Pixmap, RenderContext, Resources};

/// Side of a texture, in pixels: small enough for any graphics card.
const SIDE: usize = 1024;
/// How many textures are filled before all are thrown away: they hold sizes that are no longer
/// shown.
const PAGES: usize = 3;
/// How long a frame may paint new glyphs; the next frame paints the rest.
const PATIENCE: Duration = Duration::from_micros(1000);
/// The largest canvas for one glyph, in pixels.
const LARGEST: f32 = 1000.0;

/// A font with the place on its axes.
#[derive(Clone)]
pub(super) struct Face {
    font: FontData,
    coords: Arc<[i16]>,
}

impl Face {
    pub(super) fn of(font: &FontData, coords: &[i16]) -> Self {
        Self {
            font: font.clone(),
            coords: coords.into(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.font.data.id() == other.font.data.id()
            && self.font.index == other.font.index
            && self.coords == other.coords
    }
}

/// A glyph in its line, in points.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedGlyph {
    /// As [`Glyphs::face`] numbers them.
    pub face: u32,
    /// Its number in the font.
    pub id: u32,
    /// From the paragraph's left.
    pub x: f32,
    /// From the baseline, downwards.
    pub y: f32,
    /// How far it moves on.
    pub advance: f32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    face: u32,
    id: u32,
    /// Pixels of an em, as bits.
    size: u32,
    /// Quarters of a pixel.
    bin: u8,
}

/// A glyph in a texture.
#[derive(Clone, Copy)]
struct Picture {
    page: usize,
    /// In pixels of the texture.
    rect: [usize; 4],
    /// From the glyph's origin to the picture's top left, in pixels.
    offset: Vec2,
    /// Painted in its own colours.
    colored: bool,
}

struct Page {
    texture: TextureHandle,
    /// Where the next glyph goes.
    at: (usize, usize),
    /// Bottom of the row of glyphs that is being filled.
    bottom: usize,
}

/// All glyphs that were painted.
#[derive(Default)]
pub(super) struct Glyphs {
    faces: Vec<Face>,
    /// `None` for a glyph with nothing to see.
    pictures: HashMap<Key, Option<Picture>>,
    pages: Vec<Page>,
    transfer: Option<FontColorTransferFunction>,
    /// Pixels in a point, as of the last frame.
    scale: Option<f32>,
    /// Glyphs that a thread has painted, and that have no place in a texture yet.
    painted: Vec<(Key, Option<Painted>)>,
    brush: Option<Brush>,
    /// The frame that the time was last counted for, and the time that is left in it.
    frame: (u64, Duration),
    /// Whether a glyph had no picture at all in the frame before, and in this one.
    missing: (bool, bool),
}

/// A glyph in white, or in its own colours, cropped to what can be seen.
struct Painted {
    image: ColorImage,
    /// From the glyph's origin to the top left, in pixels.
    offset: Vec2,
    colored: bool,
}

struct Brush {
    context: RenderContext,
    resources: Resources,
}

impl Glyphs {
    /// The number of a face.
    pub(super) fn face(&mut self, face: Face) -> u32 {
        let known = self.faces.iter().position(|known| known.is(&face));
        let number = known.unwrap_or_else(|| {
            self.faces.push(face);
            self.faces.len() - 1
        });
        number as u32
    }

    /// Paints a line of glyphs whose baseline begins at `origin`, in points.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        glyphs: &[PlacedGlyph],
        origin: Pos2,
        size: f32,
        ink: Color32,
    ) {
        let ctx = painter.ctx();
        self.begin(ctx);
        let scale = ctx.pixels_per_point();
        let pixels = size * scale;
        let mut meshes: Vec<Mesh> = Vec::new();
        for glyph in glyphs {
            let x = (origin.x + glyph.x) * scale;
            let quarters = (x * 4.0).round();
            let (column, bin) = ((quarters / 4.0).floor(), quarters.rem_euclid(4.0) as u8);
            let row = ((origin.y + glyph.y) * scale).round();
            let key = Key {
                face: glyph.face,
                id: glyph.id,
                size: pixels.to_bits(),
                bin,
            };
            let Some(picture) = self.picture(ctx, key, pixels, glyph.advance * scale) else {
                continue;
            };
            let [left, top, width, height] = picture.rect.map(|side| side as f32);
            let corner = pos2(column, row) + picture.offset;
            let rect = Rect::from_min_size(corner / scale, vec2(width, height) / scale);
            let side = SIDE as f32;
            let uv = Rect::from_min_size(
                pos2(left / side, top / side),
                vec2(width / side, height / side),
            );
            let color = if picture.colored { Color32::WHITE } else { ink };
            while meshes.len() <= picture.page {
                let page = &self.pages[meshes.len()];
                meshes.push(Mesh::with_texture(page.texture.id()));
            }
            quad(&mut meshes[picture.page], rect, uv, color);
        }
        for mesh in meshes.into_iter().filter(|mesh| !mesh.is_empty()) {
            painter.add(Shape::mesh(mesh));
        }
    }

    /// Paints a glyph ahead of time, on any thread, unless it is painted somewhere already.
    pub(super) fn prepare(&mut self, glyph: &PlacedGlyph, size: f32) {
        let (Some(scale), Some(_)) = (self.scale, self.transfer) else {
            return; // nothing has been shown yet
        };
        let pixels = size * scale;
        let key = Key {
            face: glyph.face,
            id: glyph.id,
            size: pixels.to_bits(),
            bin: 0,
        };
        let is_known = (0..4).any(|bin| self.pictures.contains_key(&Key { bin, ..key }))
            || self.painted.iter().any(|(painted, _)| *painted == key);
        if !is_known {
            let painted = self.draw(key, pixels, glyph.advance * scale);
            self.painted.push((key, painted));
        }
    }

    /// Begins anew where a theme has other ideas of coverage, or where the textures are full. To be
    /// called before anything is painted in a frame.
    pub(super) fn begin(&mut self, ctx: &Context) {
        let frame = ctx.cumulative_frame_nr();
        if self.frame.0 == frame {
            return;
        }
        self.frame = (frame, PATIENCE);
        self.missing = (self.missing.1, false);
        let transfer = ctx.fonts(|fonts| fonts.options().color_transfer_function);
        if self.transfer != Some(transfer) || self.pages.len() > PAGES {
            self.transfer = Some(transfer);
            self.pictures.clear();
            self.painted.clear();
            self.pages.clear();
        }
        self.scale = Some(ctx.pixels_per_point());
        for (key, painted) in std::mem::take(&mut self.painted) {
            let picture = painted.map(|painted| self.keep(ctx, painted));
            self.pictures.insert(key, picture);
        }
    }

    fn picture(&mut self, ctx: &Context, key: Key, pixels: f32, advance: f32) -> Option<Picture> {
        if let Some(&known) = self.pictures.get(&key) {
            return known;
        }
        // First every glyph somewhere, then each at its quarter of a pixel: text is there to be
        // read at once.
        let elsewhere = (0..4).find_map(|bin| self.pictures.get(&Key { bin, ..key }).copied());
        if let Some(stand_in) = elsewhere
            && (self.missing.0 || self.frame.1.is_zero())
        {
            ctx.request_repaint();
            return stand_in;
        }
        if self.frame.1.is_zero() {
            self.missing.1 = true;
            ctx.request_repaint();
            return None;
        }
        let start = Instant::now();
        let painted = self.draw(key, pixels, advance);
        let picture = painted.map(|painted| self.keep(ctx, painted));
        self.pictures.insert(key, picture);
        self.frame.1 = self.frame.1.saturating_sub(start.elapsed());
        picture
    }

    /// Puts a glyph into a texture.
    fn keep(&mut self, ctx: &Context, painted: Painted) -> Picture {
        let Painted {
            image,
            offset,
            colored,
        } = painted;
        let (page, at) = self.place(ctx, image.size);
        let rect = [at.0, at.1, image.size[0], image.size[1]];
        self.pages[page]
            .texture
            .set_partial([at.0, at.1], image, TextureOptions::LINEAR);
        Picture {
            page,
            rect,
            offset,
            colored,
        }
    }

    fn draw(&mut self, key: Key, pixels: f32, advance: f32) -> Option<Painted> {
        let face = self.faces.get(key.face as usize)?;
        let origin = ((pixels * 1.5).ceil(), (pixels * 2.5).ceil());
        let width = (advance.abs() + pixels * 3.0).ceil().min(LARGEST) as u16;
        let height = (pixels * 4.0).ceil().min(LARGEST) as u16;
        let brush = self.brush.get_or_insert_with(|| Brush {
            context: RenderContext::new(width, height),
            resources: Resources::new(),
        });
        brush.context.reset_and_resize(width, height);
        brush.context.set_paint(OpaqueColor::<Srgb>::WHITE);
        let glyph = Glyph {
            id: key.id,
            x: origin.0 + f32::from(key.bin) / 4.0,
            y: origin.1,
        };
        brush
            .context
            .glyph_run(&mut brush.resources, &face.font)
            .font_size(pixels)
            .hint(true)
            .normalized_coords(&face.coords)
            .fill_glyphs(std::iter::once(glyph));
        brush.context.flush();
        let mut pixmap = Pixmap::new(width, height);
        brush.context.render(&mut pixmap, &mut brush.resources);
        let transfer = self.transfer.unwrap_or_default();
        let (image, left, top, colored) = cropped(&pixmap, usize::from(width), transfer)?;
        let offset = vec2(left as f32 - origin.0, top as f32 - origin.1);
        Some(Painted {
            image,
            offset,
            colored,
        })
    }

    /// Room for a picture, with a pixel around it, so that no neighbour shines in.
    fn place(&mut self, ctx: &Context, [width, height]: [usize; 2]) -> (usize, (usize, usize)) {
        if let Some(page) = self.pages.last_mut() {
            if page.at.0 + width + 1 > SIDE {
                page.at = (1, page.bottom + 1);
            }
            if page.at.1 + height < SIDE {
                let at = page.at;
                page.at.0 += width + 1;
                page.bottom = page.bottom.max(at.1 + height);
                return (self.pages.len() - 1, at);
            }
        }
        let blank = ColorImage::filled([SIDE, SIDE], Color32::TRANSPARENT);
        self.pages.push(Page {
            texture: ctx.load_texture("glyphs", blank, TextureOptions::LINEAR),
            at: (1 + width + 1, 1),
            bottom: 1 + height,
        });
        (self.pages.len() - 1, (1, 1))
    }
}

fn quad(mesh: &mut Mesh, rect: Rect, uv: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    for (pos, uv) in [
        (rect.left_top(), uv.left_top()),
        (rect.right_top(), uv.right_top()),
        (rect.left_bottom(), uv.left_bottom()),
        (rect.right_bottom(), uv.right_bottom()),
    ] {
        mesh.vertices.push(Vertex { pos, uv, color });
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first + 2, first + 1, first + 3);
}

/// What can be seen of a picture, where it is, and whether it is coloured.
fn cropped(
    pixmap: &Pixmap,
    width: usize,
    transfer: FontColorTransferFunction,
) -> Option<(ColorImage, usize, usize, bool)> {
    let bytes = pixmap.data_as_u8_slice();
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
    let mut colored = false;
    for (nth, pixel) in bytes.chunks_exact(4).enumerate() {
        let &[red, green, blue, alpha] = pixel else {
            continue;
        };
        if alpha > 0 {
            let (x, y) = (nth % width, nth / width);
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
            colored |=
                red.abs_diff(alpha) > 2 || green.abs_diff(alpha) > 2 || blue.abs_diff(alpha) > 2;
        }
    }
    if left > right {
        return None;
    }
    let mut image = Vec::with_capacity((right - left + 1) * (bottom - top + 1));
    for y in top..=bottom {
        for x in left..=right {
            let at = 4 * (y * width + x);
            let color = match bytes.get(at..at + 4) {
                Some(&[r, g, b, a]) => Color32::from_rgba_premultiplied(r, g, b, a),
                _ => Color32::TRANSPARENT,
            };
            image.push(if colored {
                color
            } else {
                transfer.to_atlas_color(color)
            });
        }
    }
    let size = [right - left + 1, bottom - top + 1];
    Some((ColorImage::new(size, image), left, top, colored))
}
