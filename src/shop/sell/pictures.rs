//! An uploaded picture: decoded, made small, written again, so that what we serve is ours.
//!
//! Nothing of the original bytes is kept: no place it was taken at, no script in a comment.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use crate::store::catalog::pictures::Picture;

/// The largest file that is taken: 4 MiB.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// The longer side of what is kept, in pixels.
const SIDE: u32 = 640;

/// The most pixels along one side of what is taken.
const LONGEST_SIDE: u32 = 6000;

/// The most pixels of what is taken, in all.
const MOST_PIXELS: u64 = 24_000_000;

/// Of 100.
const JPEG_QUALITY: u8 = 84;

/// How many pictures are decoded at once: each may take 100 MB while it is.
static DECODERS: Semaphore = Semaphore::const_new(2);

/// Why a picture is not taken; the sentence is for the seller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Another kind of file.
    #[error("That is not a picture we can use. Please choose a JPEG, PNG or WebP file.")]
    WrongType,
    /// Too many bytes.
    #[error("That picture is larger than 4 MB. Please choose a smaller one.")]
    TooLarge,
    /// Too many pixels.
    #[error("That picture has too many pixels. Please keep it under 6,000 on each side and 24 million in all.")]
    TooManyPixels,
    /// It begins like a picture and then is none.
    #[error("That picture is damaged. Please save it again or choose another one.")]
    Damaged,
}

/// Makes an upload into what is kept. Takes its time on a thread of its own.
pub async fn make_small(bytes: Vec<u8>) -> Result<Picture, Unusable> {
    let Ok(_turn) = DECODERS.acquire().await else { return Err(Unusable::Damaged) };
    tokio::task::spawn_blocking(move || shrink(&bytes)).await.unwrap_or(Err(Unusable::Damaged))
}

fn shrink(bytes: &[u8]) -> Result<Picture, Unusable> {
    if bytes.len() > LARGEST {
        return Err(Unusable::TooLarge);
    }
    let picture = decode(bytes)?;
    let small = if picture.width().max(picture.height()) > SIDE { picture.thumbnail(SIDE, SIDE) } else { picture };
    let mut body = Vec::new();
    let (content_type, written) = if small.color().has_alpha() {
        let rgba = small.to_rgba8();
        let encoder = WebPEncoder::new_lossless(&mut body);
        ("image/webp", encoder.encode(&rgba, rgba.width(), rgba.height(), image::ExtendedColorType::Rgba8))
    } else {
        ("image/jpeg", JpegEncoder::new_with_quality(&mut body, JPEG_QUALITY).encode_image(&small.to_rgb8()))
    };
    written.map_err(|_| Unusable::Damaged)?;
    Ok(Picture { content_type: content_type.to_owned(), body })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, Unusable> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unusable::WrongType)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(Unusable::WrongType);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unusable::TooManyPixels);
    }
    // how the camera was held: the note goes with the rest of the original, so the pixels are turned
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

fn why(error: image::ImageError) -> Unusable {
    if matches!(error, image::ImageError::Limits(_)) { Unusable::TooManyPixels } else { Unusable::Damaged }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_becomes_small_and_loses_its_origin() {
        let kept = shrink(&png(1500, 1000)).unwrap();
        assert_eq!(kept.content_type, "image/jpeg");
        let again = image::load_from_memory(&kept.body).unwrap();
        assert_eq!((again.width(), again.height()), (640, 427));
    }

    #[test]
    fn a_see_through_picture_stays_see_through() {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(20, 20).write_to(&mut bytes, ImageFormat::Png).unwrap();
        let kept = shrink(&bytes.into_inner()).unwrap();
        assert_eq!(kept.content_type, "image/webp");
        assert!(image::load_from_memory(&kept.body).unwrap().color().has_alpha());
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused() {
        assert_eq!(shrink(b"<svg onload=alert(1)>"), Err(Unusable::WrongType));
        assert_eq!(shrink(b"GIF89a\x01\x00\x01\x00"), Err(Unusable::WrongType));
        assert_eq!(shrink(&vec![0; LARGEST + 1]), Err(Unusable::TooLarge));
        assert_eq!(shrink(&png(6001, 1)), Err(Unusable::TooManyPixels));
        let whole = png(64, 64);
        assert_eq!(shrink(&whole[..whole.len() / 2]), Err(Unusable::Damaged));
    }
}
