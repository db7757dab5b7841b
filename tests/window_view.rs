//! Looking at a picture in other ways, in the real window: what the screen shows changes, and what is stored does not.

use std::fs;

use image::{Rgb, RgbImage};
use serde_json::json;
use support::{Desktop, Organisation, Window, coco_of, screens};

/// The picture: four fields, so that every way of turning it looks different.
const SIZE: (u32, u32) = (240, 160);
const FIELDS: [((f64, f64), [u8; 3]); 4] = [
    ((40.0, 40.0), [200, 30, 40]),
    ((200.0, 40.0), [20, 160, 60]),
    ((40.0, 120.0), [30, 60, 210]),
    ((200.0, 120.0), [120, 120, 120]),
];
/// Places may be off by what the pointer cannot do, colours by rounding.
const PIXELS: f64 = 1.5;
const TONES: u8 = 2;

#[test]
fn views_change_what_is_seen_and_nothing_that_is_stored() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    let batch = pull_fields(&organisation);
    let window = open_picture(&organisation);
    let upright = window.camera();
    assert_fields(&window, "view-1-as-it-is", |color| color);
    assert_eq!(window.count("view-adjusted"), 0);

    // Inverted, and said so; also on the next item.
    window.press(&["Shift", "i"]);
    window.wait_count("view-adjusted", 1);
    assert_fields(&window, "view-2-inverted", |color| color.map(|tone| 255 - tone));
    let first = window.marked_attribute("workspace", "data-item");
    window.press(&["f"]);
    window.wait_picture();
    assert_ne!(window.marked_attribute("workspace", "data-item"), first, "the next item");
    window.wait_count("view-adjusted", 1);
    assert_fields(&window, "view-3-inverted-next", |color| color.map(|tone| 255 - tone));
    window.press(&["d"]);
    window.wait_picture();
    window.press_marked("view-adjusted-reset");
    window.wait_count("view-adjusted", 0);
    assert_fields(&window, "view-4-reset", |color| color);

    // One channel in grey, from the panel.
    window.press(&["Shift", "a"]);
    window.marked("view-panel");
    // The radio button lies under its words, where WebDriver does not click.
    window
        .script("document.querySelector('[data-testid=view-channel-green]').click()", &json!([]))
        .expect("the choice of a channel");
    window.press(&["Escape"]);
    window.wait_count("view-panel", 0);
    assert_fields(&window, "view-5-green", |[_, green, _]| [green; 3]);
    window.press(&["Alt", "0"]);

    // A box upright, one after a quarter turn, one in the mirror on top of that. The fields are where the camera says.
    let boxes =
        [((10.0, 20.0), (60.0, 70.0)), ((90.0, 20.0), (150.0, 60.0)), ((170.0, 90.0), (230.0, 150.0))];
    window.draw_box(boxes[0].0, boxes[0].1);
    window.wait_count("object-row", 1);
    window.press(&["Control", "r"]);
    window.wait_count("view-adjusted", 1);
    assert_eq!(window.camera().turn, [0.0, -1.0, 1.0, 0.0]);
    window.draw_box(boxes[1].0, boxes[1].1);
    window.wait_count("object-row", 2);
    window.press(&["Shift", "h"]);
    assert_eq!(window.camera().turn, [0.0, 1.0, 1.0, 0.0]);
    window.draw_box(boxes[2].0, boxes[2].1);
    window.wait_count("object-row", 3);
    window.press(&["h"]);
    assert_fields(&window, "view-6-turned-and-flipped", |color| color);
    window.press(&["h"]);

    // Reset brings everything back.
    window.press(&["v"]);
    window.press(&["Alt", "0"]);
    window.wait_count("view-adjusted", 0);
    assert_eq!(window.camera(), upright);
    window.press(&["h"]);
    assert_fields(&window, "view-7-back", |color| color);
    window.press(&["h"]);
    window.wait_saved();
    window.press_marked("submit-item");
    window.wait_saved();
    window.sync();
    window.close();

    let mut stored = exported_boxes(&organisation, &batch);
    stored.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let drawn = boxes.map(|((left, top), (right, bottom))| [left, top, right - left, bottom - top]);
    assert_eq!(stored.len(), drawn.len(), "{stored:?}");
    for (stored, drawn) in stored.iter().zip(drawn) {
        let near = stored.iter().zip(drawn).all(|(a, b)| (a - b).abs() < PIXELS);
        assert!(near, "{stored:?} was drawn as {drawn:?}");
    }
}

#[test]
fn overlays_objects_and_zoom_show_what_they_should() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    let _ = pull_fields(&organisation);
    let window = open_picture(&organisation);
    let fitted = window.camera();
    let (corner, opposite) = ((130.0, 20.0), (190.0, 60.0));
    let middle = (160.0, 40.0);
    window.draw_box(corner, opposite);
    window.wait_count("object-row", 1);
    window.wait_saved();
    window.press(&["v"]);

    assert_objects_are_drawn_as_wished(&window, corner, middle);
    assert_grid_crosshair_and_rulers(&window);
    assert_pixels_and_values(&window);

    // The selected object fills most of the stage.
    window.press(&["0"]);
    assert_eq!(window.camera(), fitted);
    window.click_at(fitted.viewport_from_image(middle));
    window.press(&["z"]);
    let stage = Area::of(&window);
    let near = window.camera();
    assert_near(near.viewport_from_image(middle), stage.middle(), "the middle of the object");
    let part = near.zoom * (opposite.1 - corner.1) / stage.height;
    assert!((0.6..0.8).contains(&part), "the object takes {part} of the stage");

    // The minimap shows the whole picture, what is out of view dimmed, and moves the view.
    assert!(window.try_marked("minimap").is_none());
    window.press(&["Shift", "m"]);
    window.marked("minimap");
    let shot = Shot::of(&window, "view-minimap");
    let minimap = Area::named(&window, "minimap");
    let on_minimap = |(x, y): (f64, f64)| {
        (
            minimap.left + x / f64::from(SIZE.0) * minimap.width,
            minimap.top + y / f64::from(SIZE.1) * minimap.height,
        )
    };
    for (place, color) in FIELDS {
        let found = shot.at(on_minimap(place));
        let dimmed = color.map(|tone| tone / 20 * 11);
        assert!(
            alike(found, color, TONES) || alike(found, dimmed, 12),
            "the minimap shows {found:?} for {color:?}"
        );
    }
    let elsewhere = FIELDS[2].0;
    window.click_at(on_minimap(elsewhere));
    assert_near(
        window.camera().viewport_from_image(elsewhere),
        stage.middle(),
        "what was pressed on the minimap",
    );
    assert!((window.camera().zoom - near.zoom).abs() < 1e-9);

    // With the whole picture in view there is nothing to find one's way on.
    window.press(&["0"]);
    assert_eq!(window.camera(), fitted);
    let _ = Shot::of(&window, "view-fitted-again");
    assert!(window.try_marked("minimap").is_none());
    window.press(&["Shift", "z"]);
    assert!((window.camera().zoom - 1.0).abs() < 1e-9, "1:1 has a zoom of {}", window.camera().zoom);

    show_in_the_dark(&window);

    // Nothing of all this was a change: the last one to take back is still the box.
    window.press(&["Alt", "0"]);
    window.press(&["Control", "z"]);
    window.wait_count("object-row", 0);
    window.press(&["Control", "Shift", "z"]);
    window.wait_count("object-row", 1);
    window.wait_saved();
    window.close();
}

/// The fill goes with "outlines only" and comes back stronger; the class name at the object goes and comes.
fn assert_objects_are_drawn_as_wished(window: &Window, corner: (f64, f64), middle: (f64, f64)) {
    let camera = window.camera();
    let middle = camera.viewport_from_image(middle);
    let picture = FIELDS[1].1;
    let difference = |shot: &Shot| {
        let found = shot.at(middle);
        found.iter().zip(picture).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>()
    };
    let filled = Shot::of(window, "view-objects-filled");
    window.press(&["Shift", "o"]);
    let outlines = Shot::of(window, "view-objects-outlines");
    window.press(&["Alt", "="]);
    let stronger = Shot::of(window, "view-objects-stronger");
    assert!(alike(outlines.at(middle), picture, TONES), "outlines only, and yet {:?}", outlines.at(middle));
    assert!(difference(&filled) > u32::from(TONES) * 3);
    assert!(difference(&stronger) > difference(&filled));

    let (x, y) = camera.viewport_from_image(corner);
    let label = (x + 4.0, y - 10.0);
    assert!(!alike(filled.at(label), picture, 20), "the class name is at the object");
    window.press(&["l"]);
    let bare = Shot::of(window, "view-objects-bare");
    assert!(alike(bare.at(label), picture, TONES));
    window.press(&["l"]);
}

fn assert_grid_crosshair_and_rulers(window: &Window) {
    let camera = window.camera();
    let stage = Area::of(window);
    let place = |x: f64, y: f64| camera.viewport_from_image((x, y));
    let (pointer, other) = ((60.0, 100.0), (95.0, 130.0));
    window.point_at(place(pointer.0, pointer.1));
    let plain = Shot::of(window, "view-overlays-none");

    window.press(&["Shift", "g"]);
    let grid = Shot::of(window, "view-overlays-grid");
    // The least round step that leaves 72 screen pixels between two lines.
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        .into_iter()
        .find(|step| step * camera.zoom >= 72.0)
        .expect("a step");
    let between = step * 1.5;
    for (on_line, off_line) in
        [(place(step, between), place(between, between)), (place(between, step), place(between, between))]
    {
        assert_ne!(grid.at(on_line), plain.at(on_line), "a line of the grid");
        assert_eq!(grid.at(off_line), plain.at(off_line), "a place between the lines");
    }
    window.press(&["Shift", "g"]);

    window.press(&["Shift", "x"]);
    let crosshair = Shot::of(window, "view-overlays-crosshair");
    // The pointer goes to whole pixels of the screen.
    let (x, y) = place(pointer.0, pointer.1);
    let (x, y) = (x.round(), y.round());
    for (on_line, off_line) in [((x, y + 40.0), (x + 40.0, y + 40.0)), ((x + 80.0, y), (x + 80.0, y + 40.0))]
    {
        assert_ne!(crosshair.at(on_line), plain.at(on_line), "a line of the crosshair");
        assert_eq!(crosshair.at(off_line), plain.at(off_line), "a place beside the crosshair");
    }
    window.press(&["Shift", "x"]);

    window.press(&["Shift", "r"]);
    let rulers = Shot::of(window, "view-overlays-rulers");
    for (on_ruler, off_ruler) in [
        ((stage.left + 3.0, stage.middle().1), (stage.left + 21.0, stage.middle().1)),
        ((stage.middle().0, stage.top + 16.0), (stage.middle().0, stage.top + 21.0)),
    ] {
        assert_ne!(rulers.at(on_ruler), plain.at(on_ruler), "a ruler");
        assert_eq!(rulers.at(off_ruler), plain.at(off_ruler), "a place beside the ruler");
    }
    // The mark of the pointer goes with it.
    window.point_at(place(other.0, other.1));
    let moved = Shot::of(window, "view-overlays-rulers-moved");
    let mark = (place(pointer.0, 0.0).0, stage.top + 2.0);
    assert_ne!(rulers.at(mark), moved.at(mark), "the pointer's mark on the ruler");
    window.press(&["Shift", "r"]);
}

fn assert_pixels_and_values(window: &Window) {
    /// How many zoom steps lead from the whole picture to its pixels.
    const STEPS: usize = 14;
    window.point_at(window.camera().viewport_from_image((60.0, 100.0)));
    for _ in 0..STEPS {
        window.press(&["+"]);
    }
    let camera = window.camera();
    assert!(camera.zoom > 40.0, "zoomed to {}", camera.zoom);
    let plain = Shot::of(window, "view-pixels-none");
    window.press(&["Shift", "p"]);
    let shown = Shot::of(window, "view-pixels-and-values");
    let (left, top) = camera.viewport_from_image((58.0, 98.0));
    assert_ne!(
        shown.at((left, top + camera.zoom / 2.0)),
        plain.at((left, top + camera.zoom / 2.0)),
        "a border"
    );
    // Three numbers, one below the other, in the middle of the pixel.
    let line = (camera.zoom / 4.0).min(14.0);
    for row in [-1.0, 0.0, 1.0] {
        let middle = top + camera.zoom / 2.0 + row * line;
        let written = (0..24)
            .flat_map(|x| (0..8).map(move |y| (f64::from(x) - 12.0, f64::from(y) - 4.0)))
            .map(|(x, y)| (left + camera.zoom / 2.0 + x, middle + y))
            .filter(|place| shown.at(*place) != plain.at(*place))
            .count();
        assert!(written > 15, "a value has {written} pixels");
    }
    window.press(&["Shift", "p"]);
    let gone = Shot::of(window, "view-pixels-gone");
    assert_eq!(gone.at((left, top + camera.zoom / 2.0)), plain.at((left, top + camera.zoom / 2.0)));
}

/// Everything at once in dark colours, for who looks at the screenshots; the rulers follow the colours of the window.
fn show_in_the_dark(window: &Window) {
    window.press(&["Shift", "r"]);
    let stage = Area::of(window);
    let ruler = (stage.left + 3.0, stage.top + 3.0);
    window.press(&["Shift", "a"]);
    window.marked("view-panel");
    let light = Shot::of(window, "view-panel-light");
    window.press(&["Escape"]);
    window.wait_count("view-panel", 0);
    window.press_marked("menu-button");
    window.press_marked("menu-theme-dark");
    for overlay in ["g", "x", "p"] {
        window.press(&["Shift", overlay]);
    }
    window.press(&["0"]);
    window.press(&["z"]);
    window.press(&["Control", "r"]);
    window.press(&["Alt", "Up"]);
    let _ = Shot::of(window, "view-everything-dark");
    window.press(&["Shift", "a"]);
    window.marked("view-panel");
    let dark = Shot::of(window, "view-panel-dark");
    window.press(&["Escape"]);
    window.wait_count("view-panel", 0);
    let brightness = |shot: &Shot| shot.at(ruler).iter().map(|tone| u32::from(*tone)).sum::<u32>();
    assert!(brightness(&dark) + 300 < brightness(&light), "the rulers have the colours of the window");
}

/// Seals the picture, and another that differs from it in one corner, and pulls the batch to the annotator, who is
/// enrolled by this.
fn pull_fields(organisation: &Organisation<'_>) -> String {
    organisation.enroll_annotator();
    let photos = organisation.desktop.folder("client/photos");
    let mut picture = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        Rgb(FIELDS[usize::from(x >= SIZE.0 / 2) + 2 * usize::from(y >= SIZE.1 / 2)].1)
    });
    picture.save(photos.join("first.png")).expect("a picture");
    // The same bytes twice would be one item.
    picture.put_pixel(0, 0, Rgb([255; 3]));
    picture.save(photos.join("second.png")).expect("another picture");
    let schema = organisation.desktop.folder("client").join("schema.json");
    let classes = json!({ "classes": [{ "name": "thing", "key": "1", "shapes": ["box"] }] });
    fs::write(&schema, classes.to_string()).expect("a schema");
    let batch = organisation.seal("Fields", &schema, &photos);
    let _ = organisation.annotator.abox(&["pull", &batch]);
    batch
}

fn open_picture(organisation: &Organisation<'_>) -> Window {
    let window = Window::open(organisation.desktop, &organisation.annotator);
    window.skip_tour();
    window.press_marked("batch-open");
    window.wait_picture();
    window
}

/// Compares the colour in the middle of each field with what is expected of the picture's own.
fn assert_fields(window: &Window, name: &str, expected: impl Fn([u8; 3]) -> [u8; 3]) {
    let shot = Shot::of(window, name);
    let camera = window.camera();
    for (place, color) in FIELDS {
        let wanted = expected(color);
        let found = shot.at(camera.viewport_from_image(place));
        assert!(alike(found, wanted, TONES), "{name} shows {found:?} at {place:?} and not {wanted:?}");
    }
}

fn assert_near(found: (f64, f64), wanted: (f64, f64), what: &str) {
    let near = (found.0 - wanted.0).hypot(found.1 - wanted.1);
    // One pixel of the minimap is several of a picture that is zoomed into.
    assert!(near < 20.0, "{what} is at {found:?} and not {wanted:?}");
}

fn alike(a: [u8; 3], b: [u8; 3], tones: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= tones)
}

/// A screenshot, which is kept as well.
struct Shot(RgbImage);

impl Shot {
    fn of(window: &Window, name: &str) -> Self {
        window.screenshot(name);
        Self(image::open(screens().join(format!("{name}.png"))).expect("the screenshot").to_rgb8())
    }

    /// The colour at a place of the viewport: the display of the tests has one pixel for each of the window's.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place inside the window")]
    fn at(&self, (x, y): (f64, f64)) -> [u8; 3] {
        self.0.get_pixel(x as u32, y as u32).0
    }
}

/// Where something is in the viewport.
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn of(window: &Window) -> Self {
        Self::named(window, "stage")
    }

    fn named(window: &Window, mark: &str) -> Self {
        const LOOK: &str = r#"
            const element = document.querySelector(`[data-testid="${arguments[0]}"]`);
            const { left, top } = element.getBoundingClientRect();
            return [left + element.clientLeft, top + element.clientTop, element.clientWidth, element.clientHeight];"#;
        let found = window.script(LOOK, &json!([mark])).expect("where it is");
        let [left, top, width, height] = [0, 1, 2, 3].map(|at| found[at].as_f64().expect("a number"));
        Self { left, top, width, height }
    }

    fn middle(&self) -> (f64, f64) {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }
}

/// What the lead exports of a batch as COCO: left, top, width, height of each box.
fn exported_boxes(organisation: &Organisation<'_>, batch: &str) -> Vec<[f64; 4]> {
    let lead = &organisation.lead;
    let _ = lead.abox(&["pull", batch]);
    let _ = lead.abox(&["sync"]);
    let out = organisation.desktop.folder("client").join("delivery");
    let _ = lead.abox(&["export", batch, "--format", "coco", "--out", out.to_str().expect("a plain path")]);
    let coco = coco_of(&out);
    let annotations = coco["annotations"].as_array().expect("annotations");
    annotations.iter().map(|one| [0, 1, 2, 3].map(|at| one["bbox"][at].as_f64().expect("a number"))).collect()
}
