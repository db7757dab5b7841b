#!/usr/bin/env python3
"""Makes the hostile pictures of this folder. Each is named for its one defect; `expected.tsv` says how it is refused.

Those in `disarmed/` carry something hostile beside a valid picture, which must be shown without touching it.
Only the standard library is used, and one small valid JPEG and WebP of the tests of `crates/media`.
"""
import pathlib
import struct
import zlib

here = pathlib.Path(__file__).parent
data = here / "../../../crates/media/tests/data"
jpeg = (data / "grey.jpg").read_bytes()
progressive = (data / "cat.jpg").read_bytes()
rotated = (data / "orientation-6.jpg").read_bytes()
webp = (data / "animated.webp").read_bytes()
webp_lossless = (data / "alpha-lossless.webp").read_bytes()


def write(name, content):
    (here / name).write_bytes(content)


# --- No image at all ---------------------------------------------------------------------------------------------
write("empty.jpg", b"")
write("text-named-jpg.jpg", b"This is a text file. Its name says otherwise.\n" * 4)
write("text-starting-with-bm.bmp", b"BMW, Audi and Mercedes were seen on the street, in that order.\n")
write("gif-named-png.png", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;")
write("one-byte.png", b"\x89")

# --- JPEG --------------------------------------------------------------------------------------------------------
sof = jpeg.index(b"\xff\xc0")
sos = jpeg.index(b"\xff\xda")


def jpeg_sized(width, height):
    return jpeg[: sof + 5] + struct.pack(">HH", height, width) + jpeg[sof + 9 :]


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


write("jpeg-signature-only.jpg", jpeg[:3])
write("jpeg-cut-in-header.jpg", jpeg[: sof + 6])
write("jpeg-cut-in-pixels.jpg", jpeg[: len(jpeg) * 2 // 3])
write("jpeg-cut-between-scans.jpg", progressive[: progressive.rindex(b"\xff\xda")])
write("jpeg-zero-width.jpg", jpeg_sized(0, 87))
write("jpeg-zero-height.jpg", jpeg_sized(131, 0))
write("jpeg-65535-square.jpg", jpeg_sized(65535, 65535))
write("jpeg-14000-square-in-4-kilobytes.jpg", jpeg_sized(14000, 14000))
write("jpeg-without-huffman-tables.jpg", jpeg[:2] + jpeg[sof : jpeg.index(b"\xff\xc4")] + jpeg[sos:])
write("jpeg-without-frame.jpg", jpeg[:sof] + jpeg[sof + 2 + 11 :])
write("jpeg-arithmetic.jpg", jpeg[: sof + 1] + b"\xc9" + jpeg[sof + 2 :])
write("jpeg-12-bit.jpg", jpeg[: sof + 4] + b"\x0c" + jpeg[sof + 5 :])
write("jpeg-segment-length-1.jpg", jpeg[:2] + b"\xff\xe0\0\x01" + jpeg[2:])
last_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
write("jpeg-a-thousand-scans.jpg", progressive[:-2] + last_scan[:64] * 1000 + b"\xff\xd9")
frame = progressive.index(b"\xff\xc2")
large = progressive[: frame + 5] + struct.pack(">HH", 9000, 9000) + progressive[frame + 9 :]
write("jpeg-60-scans-of-81-megapixels.jpg", large[:-2] + last_scan[:64] * 50 + b"\0" * 16000 + b"\xff\xd9")
write("jpeg-no-components.jpg", jpeg[:sof] + segment(0xC0, struct.pack(">BHHB", 8, 87, 131, 0)) + jpeg[sof + 13 :])

# --- PNG ---------------------------------------------------------------------------------------------------------
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, content, checksum=None):
    checksum = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def header(width, height, depth=8, colour=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def pixels(width, height, extra=0):
    return chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height + b"\0" * extra, 9))


END = chunk(b"IEND", b"")
write("png-signature-only.png", SIGNATURE)
write("png-zero-width.png", SIGNATURE + header(0, 8) + pixels(1, 8) + END)
write("png-60000-square.png", SIGNATURE + header(60000, 60000) + pixels(8, 8) + END)
write("png-2147483647-wide.png", SIGNATURE + header(0x7FFFFFFF, 1) + pixels(8, 1) + END)
write("png-14000-square-in-100-bytes.png", SIGNATURE + header(14000, 14000) + pixels(8, 8) + END)
write("png-rows-missing.png", SIGNATURE + header(64, 64) + pixels(64, 8) + END)
write("png-cut-in-pixels.png", (SIGNATURE + header(64, 64) + pixels(64, 64) + END)[:60])
write("png-without-end.png", SIGNATURE + header(8, 8) + pixels(8, 8))
write("png-without-pixels.png", SIGNATURE + header(8, 8) + END)
idat = pixels(8, 8)
write("png-wrong-checksum.png", SIGNATURE + header(8, 8) + idat[:-1] + bytes([idat[-1] ^ 1]) + END)
write("png-pixels-not-deflate.png", SIGNATURE + header(8, 8) + chunk(b"IDAT", b"not deflate at all") + END)
write("png-chunk-beyond-end.png", SIGNATURE + header(8, 8) + struct.pack(">I", 0x7FFFFFFF) + b"IDATxx")
write("png-depth-3.png", SIGNATURE + header(8, 8, depth=3) + pixels(8, 8) + END)
write("png-palette-missing.png", SIGNATURE + header(8, 8, colour=3) + pixels(8, 8) + END)

# --- WebP --------------------------------------------------------------------------------------------------------


def riff(*chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(c)) + c + b"\0" * (len(c) % 2) for k, c in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def extended(width, height, flags=0):
    return b"VP8X", bytes([flags, 0, 0, 0]) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def lossless(width, height, rest):
    return b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + rest


write("webp-signature-only.webp", riff())
write("webp-16777216-square.webp", riff(extended(1 << 24, 1 << 24), lossless(1, 1, b"")))
write("webp-size-beyond-end.webp", webp_lossless[:4] + struct.pack("<I", 0x7FFFFFFF) + webp_lossless[8:])
write("webp-cut-in-pixels.webp", webp_lossless[: len(webp_lossless) // 2])
write("webp-pixels-missing.webp", riff(lossless(16000, 12000, b"")))
write("webp-without-frame.webp", riff(extended(8, 8)))
write("webp-frame-unlike-canvas.webp", riff(extended(12000, 12000), lossless(1, 1, b"\0" * 8)))
write("webp-animation-without-frames.webp", riff(extended(8, 8, 2), (b"ANIM", b"\0" * 6)))
write("webp-lossy-wrong-start-code.webp", riff((b"VP8 ", b"\x10\0\0\x9d\x01\x2b\x08\0\x08\0")))

# --- TIFF --------------------------------------------------------------------------------------------------------
SHORT, LONG, UNDEFINED = 3, 4, 7


def tiff(fields, pixels=b"\x80" * 64, next_directory=0):
    """A directory at offset 8 with one value for each field, then the pixels."""
    pixels_at = 8 + 2 + 12 * len(fields) + 4
    entries = b""
    for tag, (kind, count, value) in sorted(fields.items()):
        value = pixels_at if value == "pixels" else value
        packed = struct.pack("<HH", value, 0) if kind == SHORT else struct.pack("<I", value)
        entries += struct.pack("<HHI", tag, kind, count) + packed
    directory = struct.pack("<H", len(fields)) + entries + struct.pack("<I", next_directory)
    return b"II*\0" + struct.pack("<I", 8) + directory + pixels


def grey(width=8, height=8, **changed):
    names = {"compression": 259, "rows": 278, "counts": 279, "offsets": 273, "bits": 258, "samples": 277}
    fields = {
        256: (LONG, 1, width), 257: (LONG, 1, height), 258: (SHORT, 1, 8), 259: (SHORT, 1, 1), 262: (SHORT, 1, 1),
        273: (LONG, 1, "pixels"), 277: (SHORT, 1, 1), 278: (LONG, 1, height), 279: (LONG, 1, width * height & 0xFFFFFFFF),
    }
    fields.update({names[name]: field for name, field in changed.items()})
    return fields


def tiled(width, height):
    fields = grey()
    for tag in (273, 278, 279):
        del fields[tag]
    fields.update({322: (LONG, 1, width), 323: (LONG, 1, height), 324: (LONG, 1, "pixels"), 325: (LONG, 1, 64)})
    return fields


write("tiff-header-only.tif", b"II*\0" + struct.pack("<I", 8))
write("tiff-directory-beyond-end.tif", b"II*\0" + struct.pack("<I", 0x7FFFFFFF))
write("tiff-directory-of-65535-entries.tif", b"II*\0" + struct.pack("<IH", 8, 0xFFFF))
write("tiff-directories-in-a-circle.tif", tiff(grey(), next_directory=8))
write("tiff-zero-width.tif", tiff(grey(width=0)))
write("tiff-4-billion-square.tif", tiff(grey(0xFFFFFFFF, 0xFFFFFFFF)))
write("tiff-14000-square-in-200-bytes.tif", tiff(grey(14000, 14000)))
write("tiff-strip-of-4-gigabytes.tif", tiff(grey(counts=(LONG, 1, 0xFFFFFFFF), compression=(SHORT, 1, 5))))
write("tiff-strip-beyond-end.tif", tiff(grey(offsets=(LONG, 1, 0x7FFFFFF0))))
write("tiff-a-billion-strips.tif", tiff(grey(offsets=(LONG, 1 << 30, 8), counts=(LONG, 1 << 30, 8), rows=(LONG, 1, 1))))
write("tiff-65535-samples.tif", tiff(grey(20000, 20000, samples=(SHORT, 1, 0xFFFF))))
write("tiff-0-bits.tif", tiff(grey(bits=(SHORT, 1, 0))))
write("tiff-tile-4-billion-wide.tif", tiff(tiled(0xFFFFFFF0, 16)))
write("tiff-tile-60000-square.tif", tiff(tiled(60000, 60000)))
write("tiff-without-strips.tif", tiff({t: f for t, f in grey().items() if t not in (273, 279)}))
write("tiff-cut-in-pixels.tif", tiff(grey(), pixels=b"\x80" * 40))
write("tiff-palette-missing.tif", tiff(grey() | {262: (SHORT, 1, 3)}))
inside = jpeg_sized(14000, 14000)
write(
    "tiff-jpeg-strip-claims-14000-square.tif",
    tiff(grey(compression=(SHORT, 1, 7), counts=(LONG, 1, len(inside))), pixels=inside),
)
write("tiff-camera-raw.tif", tiff(grey() | {50706: (LONG, 1, 0x00000401)}))
write("bigtiff-2-to-the-63-entries.tif", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 63))

# --- BMP ---------------------------------------------------------------------------------------------------------


def bmp(width, height, depth=24, compression=0, used=0, pixels=b"\x80" * 192):
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, compression, 0, 0, 0, used, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + info + pixels


write("bmp-header-only.bmp", bmp(8, 8)[:26])
write("bmp-zero-height.bmp", bmp(8, 0))
write("bmp-2-billion-wide.bmp", bmp(0x7FFFFFFF, 1))
write("bmp-negative-width.bmp", bmp(-8, 8))
write("bmp-lowest-height.bmp", bmp(8, -0x80000000))
write("bmp-14000-square-in-250-bytes.bmp", bmp(14000, 14000))
write("bmp-rows-missing.bmp", bmp(8, 8, pixels=b"\x80" * 100))
write("bmp-run-length-without-runs.bmp", bmp(14000, 14000, depth=8, compression=1, pixels=b"\0" * 1025))
write("bmp-4-billion-colours.bmp", bmp(8, 8, depth=8, used=0xFFFFFFFF))
write("bmp-jpeg-inside.bmp", bmp(8, 8, compression=4))
write("bmp-depth-7.bmp", bmp(8, 8, depth=7))

# --- Hostile beside the picture ----------------------------------------------------------------------------------
bomb = zlib.compress(b"\0" * (64 << 20), 9)


def png_with(*chunks, extra=0):
    return SIGNATURE + header(8, 8) + b"".join(chunks) + pixels(8, 8, extra) + END


write("disarmed/png-text-inflates-to-64-megabytes.png", png_with(chunk(b"iTXt", b"a\0\x01\0\0\0" + bomb)))
write("disarmed/png-profile-inflates-to-64-megabytes.png", png_with(chunk(b"iCCP", b"a\0\0" + bomb)))
write("disarmed/png-pixels-inflate-to-64-megabytes.png", png_with(extra=64 << 20))
write("disarmed/png-text-wrong-checksum.png", png_with(chunk(b"tEXt", b"a\0b", checksum=0)))
write("disarmed/png-4-billion-frames.png", png_with(chunk(b"acTL", struct.pack(">II", 0xFFFFFFFF, 0))))


def exif(orientation=6, count=1, next_directory=0, kind=SHORT):
    entry = struct.pack("<HHII", 274, kind, count, orientation)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", next_directory)


def jpeg_with(exif_block):
    return jpeg[:2] + segment(0xE1, b"Exif\0\0" + exif_block) + jpeg[2:]


write("disarmed/jpeg-exif-directories-in-a-circle.jpg", jpeg_with(exif(next_directory=8)))
write("disarmed/jpeg-exif-4-billion-orientations.jpg", jpeg_with(exif(count=0xFFFFFFFF)))
write("disarmed/jpeg-exif-orientation-9.jpg", jpeg_with(exif(9)))
write("disarmed/jpeg-exif-orientation-as-text.jpg", jpeg_with(exif(kind=2)))
write("disarmed/jpeg-exif-cut.jpg", jpeg_with(exif()[:15]))
write("disarmed/jpeg-profile-chunk-0-of-255.jpg", jpeg[:2] + segment(0xE2, b"ICC_PROFILE\0\0\xff" + b"x" * 64) + jpeg[2:])
write("disarmed/jpeg-bytes-after-end.jpg", jpeg + b"\xff\xd8\xff\xc0\0\x0b" + b"\xff" * 4096)
write("disarmed/jpeg-a-thousand-scans-after-end.jpg", jpeg + last_scan[:64] * 1000)
write("disarmed/webp-exif-as-long-as-it-says.webp", riff(extended(131, 87, 0x18), (b"VP8L", webp_lossless[webp_lossless.index(b"VP8L") + 8 :]), (b"EXIF", b"Exif\0\0" + exif(count=0x7FFFFFFF))))
