#!/usr/bin/env python3
"""Makes the pictures and expectations in this folder from their originals: make.py FOLDER_OF_ORIGINALS.

Pillow is the reference: what it shows after ImageOps.exif_transpose is what the crate has to show. Lossless pictures
are compared by a hash of all RGBA bytes; lossy ones by their mean difference to a small box-filtered picture, because
decoders may differ by a step or two in single pixels. CREDITS.md names origins and licences.
"""
import json
import pathlib
import shutil
import sys

import numpy
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
originals = pathlib.Path(sys.argv[1])
FORMATS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "TIFF": "tiff", "BMP": "bmp"}


def fnv(data):
    """FNV-1a over 32-bit little-endian words: fast enough in a script, and enough to notice one wrong pixel."""
    value = 0xCBF29CE484222325
    for word in numpy.frombuffer(data, "<u4").tolist():
        value = ((value ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def upright_rgba(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I;16"):
        grey = numpy.round(numpy.asarray(image).astype(float) / 257).astype("u1")
        return numpy.stack([grey, grey, grey, numpy.full_like(grey, 255)], -1)
    return numpy.asarray(image.convert("RGBA"))


def box_filtered(rgba, level):
    """Means of squares of 2^level pixels, colours weighed by alpha."""
    step = 1 << level
    rows = []
    for top in range(0, rgba.shape[0], step):
        row = []
        for left in range(0, rgba.shape[1], step):
            square = rgba[top : top + step, left : left + step].reshape(-1, 4).astype(float)
            alpha = square[:, 3].sum()
            colour = (square[:, :3] * square[:, 3:]).sum(0) / alpha if alpha else numpy.zeros(3)
            row.append([*colour, square[:, 3].mean()])
        rows.append(row)
    return numpy.floor(numpy.array(rows) + 0.5).astype("u1")


def reduced(source, name, longer, **options):
    """A smaller copy with the metadata of the original."""
    image = Image.open(originals / source)
    exif = image.info.get("exif")
    image.thumbnail((longer, longer), Image.LANCZOS)
    if exif:
        options["exif"] = exif
    image.save(here / name, **options)


for kind, number in zip("LPLPLLPL", range(1, 9)):
    source = {"L": "Landscape", "P": "Portrait"}[kind] + f"_{number}.jpg"
    reduced(f"exif_rotation/{source}", f"orientation-{number}.jpg", 150, quality=90)
reduced("formats/Channel_digital_image_CMYK_color.jpg", "cmyk.jpg", 160, quality=90)
reduced("formats/4.webp", "lossy.webp", 160, quality=90)
for source in [
    "formats/cat.jpg",
    "formats/5_webp_a.webp",
    "formats/ball.png",
    "formats/grey-8bit-alpha.png",
    "formats/50020484-00001.png",
    "formats/cell.png",
    "formats/chessboard_GRAY_U16.tif",
    "formats/rgb-3c-16b.tiff",
    "blood_cells/BloodImage_00101.jpg",
]:
    shutil.copy(originals / source, here)

# Kinds of which there is no small original, made from the cat.
cat = Image.open(originals / "formats/cat.jpg").convert("RGB").resize((131, 87))
alpha = cat.convert("RGBA")
alpha.putalpha(cat.convert("L"))
grey16 = Image.fromarray((numpy.asarray(cat.convert("L")).astype("u2") * 251) + 77)
few = cat.quantize(15)
few.save(here / "palette-4-bit.png", bits=4)
few.save(here / "palette-transparent.png", transparency=3)
few.save(here / "palette.bmp")
few.save(here / "palette.tif", compression="tiff_lzw")
grey16.save(here / "grey-16-bit.png")
grey16.save(here / "grey-16-bit-deflate.tif", compression="tiff_adobe_deflate")
alpha.save(here / "alpha.tif", compression="packbits")
alpha.save(here / "alpha-lossless.webp", lossless=True)
alpha.convert("LA").save(here / "grey-alpha.tif", compression="tiff_lzw")
cat.save(here / "plain.bmp")
cat.convert("1").save(here / "1-bit.bmp")
cat.convert("1").save(here / "fax-4.tif", compression="group4")
cat.convert("CMYK").save(here / "cmyk.tif", compression="tiff_lzw")
cat.save(here / "jpeg-inside.tif", compression="jpeg", quality=90)
cat.save(here / "rgb-not-ycbcr.jpg", keep_rgb=True, quality=90)
cat.convert("L").save(here / "grey.jpg", quality=90)
cat.save(here / "animated.webp", save_all=True, append_images=[cat.rotate(180)], duration=100, lossless=True)
cat.save(here / "three-pages.tif", save_all=True, append_images=[cat, cat], compression="tiff_lzw")
for suffix, options in {"png": {}, "webp": {"lossless": True}}.items():
    exif = Image.Exif()
    exif[274] = 6
    cat.save(here / f"orientation-6.{suffix}", exif=exif, **options)
cat.save(here / "orientation-5.tif", tiffinfo={274: 5}, compression="tiff_lzw")

# Pillow cuts 16-bit RGB to its high bytes where the crate rounds.
lossy = {"rgb-3c-16b.tiff", "lossy.webp", "5_webp_a.webp", "jpeg-inside.tif"}
expected = []
for path in sorted(here.iterdir()):
    if path.suffix in {".py", ".md", ".json"} or path.name.endswith(".reference.png"):
        continue
    image = Image.open(path)
    orientation = image.getexif().get(274, 1)
    rgba = upright_rgba(path)
    entry = {
        "file": path.name,
        "facts": {
            "format": FORMATS[image.format],
            "width": rgba.shape[1],
            "height": rgba.shape[0],
            "orientation": orientation,
            "frames": getattr(image, "n_frames", 1),
        },
    }
    if path.suffix == ".jpg" or path.name in lossy:
        level = 3
        Image.fromarray(box_filtered(rgba, level)).save(here / f"{path.stem}.reference.png", optimize=True)
        entry["reference"] = {"file": f"{path.stem}.reference.png", "level": level}
    else:
        entry["hash"] = fnv(rgba.tobytes())
    expected.append(entry)
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
