//! The window of the application under WebDriver, with the few things that are particular to it: the stage, on which
//! places are given in image pixels.

use std::ops::Deref;

use serde_json::json;

use crate::{Desktop, Driver, Profile, builds};

/// The window of a profile.
#[derive(Debug)]
pub struct Window {
    driver: Driver,
}

/// Where the picture is in the viewport: `viewport = origin + zoom * image`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Viewport pixels for one image pixel.
    pub zoom: f64,
    /// The picture's upper left corner in the viewport.
    pub origin: (f64, f64),
}

impl Camera {
    /// The place in the viewport of a place in the image.
    #[must_use]
    pub fn viewport_from_image(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.origin.0 + x * self.zoom, self.origin.1 + y * self.zoom)
    }
}

impl Window {
    /// Opens the window of a profile: the build for WebDriver.
    #[must_use]
    pub fn open(desktop: &Desktop, profile: &Profile<'_>) -> Self {
        let home = profile.home().to_str().expect("a plain path").to_owned();
        let driver =
            Driver::start(desktop, &builds().join("annotation-box-webdriver"), &[("ABOX_HOME", &home)]);
        driver.wait_script("the page", "return document.readyState === 'complete'", &json!([]));
        Self { driver }
    }

    /// Closes the window and waits until the application has ended.
    pub fn close(self) {
        self.driver.quit();
    }

    /// Clicks the button with this name.
    pub fn button(&self, name: &str) {
        let button = self.control("button", name);
        self.click(&button);
    }

    /// Types into the text field with this name.
    pub fn fill(&self, name: &str, text: &str) {
        let field = self.control("textbox", name);
        self.type_into(&field, text);
    }
}

impl Deref for Window {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}
