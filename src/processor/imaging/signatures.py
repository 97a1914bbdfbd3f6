"""How files of formats that aren't supported begin, so that they can be named.

Collected from the lists of Pillow, ImageMagick and file(1). A pattern that is text by itself also requires
what follows it, so that a text about a format isn't taken for a file of that format.
"""

from __future__ import annotations

import functools
import operator
import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACE = rb"(?:\s|#[^\n]*\n)+"  # between the fields of a Netpbm header, with comments

_UNSUPPORTED = (
    ("Canon raw (CR2)", rb"II\*\0....CR"),
    ("Canon raw (CRW)", rb"II..\0\0HEAPCCDR"),
    ("Olympus raw (ORF)", rb"IIR[OS]|MMOR"),
    ("Panasonic raw (RW2)", rb"IIU\0"),
    ("Fujifilm raw (RAF)", rb"FUJIFILMCCD-RAW"),
    ("Minolta raw (MRW)", rb"\0MR[MI]\0"),
    ("Sigma raw (X3F)", rb"FOVb\0"),
    ("ARRI raw (ARI)", rb"ARRI\x12\x34\x56\x78"),
    ("JPEG XR", rb"II\xbc[\0\x01]"),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
    ("JPEG 2000", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51\0"),
    ("JBIG2", rb"\x97JB2\r\n\x1a\n"),
    ("MNG", rb"\x8aMNG\r\n\x1a\n"),
    ("JNG", rb"\x8bJNG\r\n\x1a\n"),
    ("PDF", rb"%PDF-"),
    ("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("DjVu", rb"AT&TFORM....DJV"),
    ("Photoshop (PSD)", rb"8BPS\0\x01"),
    ("Photoshop (PSB)", rb"8BPS\0\x02"),
    ("GIMP (XCF)", rb"gimp xcf (?:file|v\d)"),
    ("GIMP brush (GBR)", rb"\0\0..\0\0\0[\x01\x02]\0\0..\0\0..\0\0\0[\x01\x04]GIMP"),
    ("GIMP pattern (PAT)", rb"\0\0..\0\0\0\x01\0\0..\0\0..\0\0\0[\x01-\x04]GPAT"),
    ("Paint Shop Pro (PSP)", rb"Paint Shop Pro Image File\n\x1a"),
    ("Paint.NET (PDN)", rb"PDN3"),
    ("OpenRaster", rb"PK\x03\x04.{26}mimetypeimage/openraster"),
    ("Krita (KRA)", rb"PK\x03\x04.{26}mimetypeapplication/x-krita"),
    ("CorelDRAW (CDR)", rb"RIFF....CDR"),
    ("AutoCAD (DWG)", rb"AC10[0-3]\d\0"),
    ("Icon (ICO)", rb"\0\0\x01\0[^\0]\0"),
    ("Cursor (CUR)", rb"\0\0\x02\0[^\0]\0...\0"),
    ("Cursor (ANI)", rb"RIFF....ACON"),
    ("Icon (ICNS)", rb"icns\0"),
    ("Windows metafile (WMF)", rb"\xd7\xcd\xc6\x9a|[\x01\x02]\0\x09\0\0[\x01\x03]"),
    ("Windows metafile (EMF)", rb"\x01\0\0\0.{36} EMF"),
    ("WordPerfect graphics (WPG)", rb"\xffWPC....\x01\x16"),
    ("DIB", rb"\x28\0\0\0.{8}\x01\0[\x01\x04\x08\x10\x18\x20]\0[\0-\x06]\0\0\0"),
    ("OS/2 bitmap array", rb"BA.{12}(?:BM|IC|CI|CP|PT)"),
    ("OpenEXR", rb"v/1\x01"),
    ("Radiance HDR", rb"#\?RADIANCE|#\?RGBE"),
    ("Netpbm (PBM)", rb"P[14]%b\d+%b\d+\s" % (_SPACE, _SPACE)),
    ("Netpbm (PGM)", rb"P[25]%b\d+%b\d+%b\d+\s" % (_SPACE, _SPACE, _SPACE)),
    ("Netpbm (PPM)", rb"P[36]%b\d+%b\d+%b\d+\s" % (_SPACE, _SPACE, _SPACE)),
    ("Netpbm (PAM)", rb"P7\n(?:#[^\n]*\n)*(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE) |P7 332\n"),
    ("Netpbm (PFM)", rb"P[Ff]4?\s+\d+\s+\d+\s+-?[\d.]+"),
    ("SGI", rb"\x01\xda[\0\x01][\x01\x02]\0[\x01-\x03]"),
    ("Sun raster", rb"\x59\xa6\x6a\x95"),
    ("PCX", rb"\n[\0\x02-\x05][\0\x01][\x01\x02\x04\x08].{60}\0[\x01-\x04]"),
    ("PCX", rb"\xb1\x68\xde\x3a"),  # several in one file (DCX)
    ("FITS", rb"SIMPLE  = {20,}T"),
    ("XBM", rb"\s*(?:/\*[^*]*\*/\s*)?#define[ \t]+\w*width[ \t]+\d+\s+#define[ \t]+\w*height[ \t]+\d+"),
    ("XPM", rb"/\* XPM \*/|! XPM2"),
    ("X window dump (XWD)", rb"\0\0\0.\0\0\0\x07\0\0\0[\0-\x02]\0\0\0[\x01-\x20]"),
    ("ImageMagick (MIFF)", rb"id=ImageMagick"),
    ("Amiga (ILBM)", rb"FORM....(?:ILBM|PBM |ACBM|RGB8|RGBN|DEEP)"),
    ("Maya (IFF)", rb"FOR[48]....CIMG"),
    ("Softimage (PIC)", rb"\x53\x80\xf6\x34"),
    ("PIXAR", rb"\x80\xe8\0\0"),
    ("Farbfeld", rb"farbfeld\0.{3}\0"),
    ("Cineon", rb"\x80\x2a\x5f\xd7"),
    ("DPX", rb"SDPX\0\0|XPDS..\0\0"),
    ("VICAR", rb"LBLSIZE=\d"),
    ("PDS", rb"PDS_VERSION_ID\s*=|ODL_VERSION_ID\s*="),
    ("McIDAS", rb"\0\0\0\0\0\0\0\x04"),
    ("GRIB", rb"GRIB...[\x01\x02]"),
    ("BUFR", rb"BUFR...[\x02-\x04]"),
    ("Analyze", rb"\x5c\x01\0\0.{34}r|\0\0\x01\x5c.{34}r"),
    ("HDF", rb"\x89HDF\r\n\x1a\n|\x0e\x03\x13\x01"),
    ("CALS raster", rb"srcdocid: "),
    ("IM", rb"Image type: [^\n]+\n(?:Name: |Image size \()"),
    ("DDS", rb"DDS \x7c\0\0\0"),
    ("KTX", rb"\xabKTX (?:11|20)\xbb\r\n\x1a\n"),
    ("ASTC", rb"\x13\xab\xa1\x5c"),
    ("PVR", rb"PVR\x03"),
    ("VTF", rb"VTF\0"),
    ("BLP", rb"BLP[12][\0-\x03]\0\0\0"),
    ("FTEX", rb"FTEX.\0"),
    ("QOI", rb"qoif.{8}[\x03\x04][\0\x01]"),
    ("BPG", rb"BPG\xfb"),
    ("FLIF", rb"FLIF[1-9A-Qa-q][012]"),
    ("FLIC animation", rb".{4}[\x11\x12\x44]\xaf.{8}[\0\x03]\0"),
    ("WebM or Matroska video", rb"\x1a\x45\xdf\xa3"),
    ("AVI video", rb"RIFF....AVI "),
    ("MPEG video", rb"\0\0\x01[\xba\xb3]"),
    ("MPEG video", rb"\x47.{187}\x47.{187}\x47"),  # transport stream
    ("Windows Media video", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("MXF video", rb"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
    ("RealMedia video", rb"\.RMF\0"),
    ("Flash video", rb"FLV\x01"),
    ("QuickTime video", rb"\0...(?:moov|wide|mdat)"),
)

_TGA_FOOTER = b"TRUEVISION-XFILE.\0"
_TGA_DEPTHS = {1: (8,), 2: (15, 16, 24, 32), 3: (8, 16)}  # by type; 8 is added to a type that is compressed
_FLASHPIX = bytes.fromhex("0067615654c1ce11855300aa00a1f95b")  # the class of its root storage
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find(table: tuple[tuple[str, bytes], ...], data: bytes) -> str | None:
    """Return the name of the first entry whose pattern the data begins with, or None."""
    return next((name for name, signature in table if re.match(signature, data, re.DOTALL)), None)


def find_unsupported(data: bytes) -> str | None:
    """Return the name of the unsupported format that a file has, or None if it isn't known."""
    return find(_UNSUPPORTED, data) or next((name for name, test in _TESTS if test(data)), None)


def _is_tga(data: bytes) -> bool:
    """Return whether a file is a TGA, which has no signature unless it ends with one."""
    if data.endswith(_TGA_FOOTER):
        return True
    if len(data) < 18:
        return False
    id_size, has_map, kind, first, colors, color_bits, _, _, width, height, depth, flags = struct.unpack_from(
        "<BBBHHBHHHHBB", data
    )
    if depth not in _TGA_DEPTHS.get(kind & 7, ()) or kind & ~0xB or not width or not height or flags & 0xC0:
        return False
    if has_map == 1:
        is_map_valid = 0 < colors <= 256 and color_bits in (15, 16, 24, 32)
    else:
        is_map_valid = has_map == first == colors == color_bits == 0 and kind & 7 != 1
    pixel_bytes = (depth + 7) // 8
    packets = -(-width * height // 128)
    pixels = packets * (1 + pixel_bytes) if kind & 8 else width * height * pixel_bytes
    return is_map_valid and len(data) >= 18 + id_size + colors * ((color_bits + 7) // 8) + pixels


def _is_pict(data: bytes) -> bool:
    # 512 bytes of any content precede the size, the bounds and the version, which is 1 or 2.
    return data[522:526] == b"\0\x11\x02\xff" or (
        data[522:524] == b"\x11\x01" and data[524:525] in b"\x01\xa0"
    )


def _is_paint(data: bytes) -> bool:
    """Return whether a file is a Windows Paint 1 or 2 picture, whose header has a checksum."""
    words = struct.unpack("<16H", data[:32]) if len(data) >= 32 else ()
    return data.startswith((b"DanM", b"LinS")) and functools.reduce(operator.xor, words, 0) == 0


_TESTS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("NIfTI", lambda data: data[344:348] in (b"n+1\0", b"ni1\0")),
    ("DICOM", lambda data: data[128:132] == b"DICM"),
    ("Photo CD (PCD)", lambda data: data[2048:2052] == b"PCD_"),
    ("FlashPix (FPX)", lambda data: data.startswith(_OLE) and _FLASHPIX in data),
    ("Image Composer (MIC)", lambda data: data.startswith(_OLE) and ".ACI".encode("utf-16-le") in data),
    ("Windows Paint (MSP)", _is_paint),
    ("PICT", _is_pict),
    ("TGA", _is_tga),
)
