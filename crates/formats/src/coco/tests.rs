//! Tests of reading and writing COCO.
