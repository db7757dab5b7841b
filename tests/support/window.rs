//! The window of the application under WebDriver, with the few things that are particular to it: the stage, on which
//! places are given in image pixels.

use std::ops::Deref;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::webdriver::PATIENCE;
use crate::{Desktop, Driver, Element, Profile, builds};

/// Between two looks at the page.
const PAUSE: Duration = Duration::from_millis(60);

/// The window of a profile.
#[derive(Debug)]
pub struct Window {
    driver: Driver,
}

/// Where the picture is in the viewport: `viewport = origin + zoom * turn * image`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Viewport pixels for one image pixel.
    pub zoom: f64,
    /// The image's point (0, 0) in the viewport: the upper left corner of a picture that is upright.
    pub origin: (f64, f64),
    /// Which way up the picture is: a matrix, row by row.
    pub turn: [f64; 4],
}

impl Camera {
    /// The place in the viewport of a place in the image.
    #[must_use]
    pub fn viewport_from_image(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [xx, xy, yx, yy] = self.turn;
        (self.origin.0 + (xx * x + xy * y) * self.zoom, self.origin.1 + (yx * x + yy * y) * self.zoom)
    }
}

impl Window {
    /// Opens the window of a profile: the build for WebDriver.
    #[must_use]
    pub fn open(desktop: &Desktop, profile: &Profile<'_>) -> Self {
        Self::open_with(desktop, profile, &[])
    }

    /// Opens the window of a profile with more in its environment.
    #[must_use]
    pub fn open_with(desktop: &Desktop, profile: &Profile<'_>, environment: &[(&str, &str)]) -> Self {
        let home = profile.home().to_str().expect("a plain path").to_owned();
        let all = [&[("ABOX_HOME", home.as_str())], environment].concat();
        let driver = Driver::start(desktop, &builds().join("annotation-box-webdriver"), &all);
        driver.wait_script("the page", "return document.readyState === 'complete'", &json!([]));
        Self { driver }
    }

    /// Closes the window and waits until the application has ended.
    pub fn close(self) {
        self.driver.quit();
    }

    /// Waits for the visible, enabled element that the window marks for tests with this name.
    pub fn marked(&self, mark: &str) -> Element {
        let start = Instant::now();
        loop {
            if let Some(found) = self.try_marked(mark) {
                return found;
            }
            if start.elapsed() > PATIENCE {
                self.screenshot("failed");
                panic!("there is no {mark} on the page, which says:\n{}", self.page_text());
            }
            thread::sleep(PAUSE);
        }
    }

    /// The marked element, if it is there and can be used now.
    #[must_use]
    pub fn try_marked(&self, mark: &str) -> Option<Element> {
        const FIND: &str = r#"
            return [...document.querySelectorAll(`[data-testid="${arguments[0]}"]`)].find((e) =>
              e.getClientRects().length > 0 && !e.disabled && getComputedStyle(e).visibility !== "hidden") ?? null"#;
        self.script(FIND, &json!([mark])).ok().as_ref().and_then(Element::from_json)
    }

    /// Clicks a marked element.
    pub fn press_marked(&self, mark: &str) {
        let element = self.marked(mark);
        self.click(&element);
    }

    /// Types into a marked element.
    pub fn fill(&self, mark: &str, text: &str) {
        let element = self.marked(mark);
        self.type_into(&element, text);
    }

    /// Types into a marked element in place of what is in it.
    ///
    /// # Panics
    /// If it takes no text.
    pub fn replace(&self, mark: &str, text: &str) {
        let element = self.marked(mark);
        self.script("arguments[0].focus(); arguments[0].select()", &json!([element.to_json()]))
            .expect("a field whose text can be selected");
        self.press(&["Delete"]);
        self.type_into(&element, text);
    }

    /// The attribute of a marked element.
    #[must_use]
    pub fn marked_attribute(&self, mark: &str, name: &str) -> String {
        let element = self.marked(mark);
        self.attribute(&element, name).unwrap_or_default()
    }

    /// Waits until a marked element has this value in an attribute.
    pub fn wait_attribute(&self, mark: &str, name: &str, value: &str) {
        let start = Instant::now();
        loop {
            let found = self.marked_attribute(mark, name);
            if found == value {
                return;
            }
            if start.elapsed() > PATIENCE {
                self.screenshot("failed");
                panic!("{mark} has {name}={found} and not {value}");
            }
            thread::sleep(PAUSE);
        }
    }

    /// The text of a marked element.
    #[must_use]
    pub fn text(&self, mark: &str) -> String {
        let element = self.marked(mark);
        let text = self.script("return arguments[0].innerText", &json!([element.to_json()]));
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits until the text of a marked element holds this.
    pub fn wait_text(&self, mark: &str, part: &str) {
        let start = Instant::now();
        loop {
            let found = self.text(mark);
            if found.contains(part) {
                return;
            }
            if start.elapsed() > PATIENCE {
                self.screenshot("failed");
                panic!("{mark} says {found:?} and not {part:?}");
            }
            thread::sleep(PAUSE);
        }
    }

    /// How many elements have this mark.
    #[must_use]
    pub fn count(&self, mark: &str) -> usize {
        self.all(&format!("[data-testid=\"{mark}\"]")).len()
    }

    /// Waits until so many elements have this mark.
    pub fn wait_count(&self, mark: &str, count: usize) {
        let start = Instant::now();
        while self.count(mark) != count {
            if start.elapsed() > PATIENCE {
                self.screenshot("failed");
                panic!("there are {} of {mark} on the page and not {count}", self.count(mark));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Waits until everything that was done is on this device's disk, as the window says.
    pub fn wait_saved(&self) {
        self.wait_attribute("saved-state", "data-state", "saved");
    }

    /// Waits until the picture of an item is shown.
    pub fn wait_picture(&self) {
        self.wait_attribute("stage", "data-shown", "true");
    }

    /// Where the picture is now.
    ///
    /// # Panics
    /// If the stage does not say it.
    #[must_use]
    pub fn camera(&self) -> Camera {
        const LOOK: &str = r#"
            const stage = document.querySelector('[data-testid="stage"]');
            const camera = JSON.parse(stage?.dataset.camera ?? "null");
            const box = stage?.getBoundingClientRect();
            return camera && { zoom: camera.zoom, x: camera.x + box.x, y: camera.y + box.y, turn: camera.turn }"#;
        let found = self.wait_script("the stage's camera", LOOK, &json!([]));
        let number = |name: &str| found[name].as_f64().expect("a number");
        let turn = [0, 1, 2, 3].map(|at| found["turn"][at].as_f64().expect("a number"));
        Camera { zoom: number("zoom"), origin: (number("x"), number("y")), turn }
    }

    /// Draws a box between two corners, given in image pixels.
    pub fn draw_box(&self, from: (f64, f64), to: (f64, f64)) {
        self.press_marked("tool-box");
        let camera = self.camera();
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        self.drag(&[from, middle, to].map(|place| camera.viewport_from_image(place)));
    }

    /// Draws a polygon through these points, given in image pixels.
    pub fn draw_polygon(&self, points: &[(f64, f64)]) {
        self.press_marked("tool-polygon");
        let camera = self.camera();
        for point in points {
            self.click_at(camera.viewport_from_image(*point));
        }
        self.press(&["Enter"]);
    }

    /// Enrols the window's profile with an invite code, step by step as a person does.
    pub fn enroll(&self, code: &str) {
        self.fill("enrol-code", code);
        self.press_marked("enrol-inspect");
        self.press_marked("enrol-confirm");
        self.agree_and_enroll();
    }

    /// Reads the confidentiality agreement to its end and accepts it.
    ///
    /// # Panics
    /// If it does not scroll.
    pub fn agree(&self) {
        // It can be accepted only after its end was in sight.
        let agreement = self.marked("enrol-agreement");
        self.script("arguments[0].scrollTop = arguments[0].scrollHeight", &json!([agreement.to_json()]))
            .expect("the agreement scrolls");
        self.press_marked("enrol-agree");
        self.press_marked("enrol-agreement-next");
    }

    /// The steps of enrolment after the organisation was recognised.
    pub fn agree_and_enroll(&self) {
        self.agree();
        self.fill("enrol-device", "Desk of the tests");
        self.press_marked("enrol-submit");
        self.press_marked("enrol-start");
    }

    /// Ends the tour of the first start.
    pub fn skip_tour(&self) {
        self.press_marked("tour-skip");
        self.wait_count("tour-skip", 0);
    }

    /// Exchanges changes with the server and waits until both have the same.
    pub fn sync(&self) {
        self.press_marked("sync-state");
        self.press_marked("sync-now");
        self.press(&["Escape"]);
        self.wait_attribute("sync-state", "data-state", "synced");
    }
}

impl Deref for Window {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}
