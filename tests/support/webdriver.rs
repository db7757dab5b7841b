//! A small WebDriver client, as much as the window tests need, over plain HTTP on the loopback interface.
//!
//! Blocking on purpose: a test is one story, told in order. It waits for elements instead of sleeping.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::{Background, Desktop, eventually, scan};

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a control may take to appear.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What WebDriver refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebDriverError {
    /// The error's kind, as the standard names it.
    pub error: String,
    /// What it says.
    pub message: String,
}

/// An element of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(String);

impl Element {
    /// The element that a script answered.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        value.get(ELEMENT)?.as_str().map(|id| Self(id.to_owned()))
    }

    /// The element as an argument of a script.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

/// A window under automation. The application ends when this is dropped.
#[derive(Debug)]
pub struct Driver {
    port: u16,
    session: String,
    driver: Option<Background>,
}

impl Driver {
    /// Starts an application in the desktop and attaches to its window.
    ///
    /// # Panics
    /// If there is no window within a minute.
    #[must_use]
    pub fn start(desktop: &Desktop, binary: &Path, environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = desktop.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            // Tauri lets its WebView be driven only when the driver asks by these.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            // The application writes where its driver does.
            .stdout(desktop.log("window"))
            .stderr(desktop.log("window"));
        let driver = Background::start(&mut command);
        let mut this = Self { port, session: String::new(), driver: Some(driver) };
        eventually("WebKitWebDriver", PATIENCE, || this.request("GET", "/status", None).ok());
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": binary, "args": [] }
        } } });
        let answer = this.request("POST", "/session", Some(&wanted)).expect("a session with the window");
        this.session = answer["sessionId"].as_str().expect("a session").to_owned();
        this
    }

    /// The process of WebKitWebDriver, whose child the application is.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.driver.as_ref().map_or(0, Background::id)
    }

    /// Ends the application as if its window was closed.
    pub fn quit(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = self.command("DELETE", "", None);
            // The answer comes before the application has ended, and until then it has its profile open.
            let start = Instant::now();
            while scan::processes_below(driver.id()).len() > 1 && start.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(20));
            }
            drop(driver);
        }
    }

    /// Runs a script in the page. `arguments` are its `arguments`.
    ///
    /// # Errors
    /// What WebDriver says.
    pub fn script(&self, script: &str, arguments: &Value) -> Result<Value, WebDriverError> {
        self.command("POST", "/execute/sync", Some(&json!({ "script": script, "args": arguments })))
    }

    /// Waits until a script answers something other than `null`, `false` or an error.
    ///
    /// # Panics
    /// If it never does; the message holds `what`.
    pub fn wait_script(&self, what: &str, script: &str, arguments: &Value) -> Value {
        eventually(what, PATIENCE, || {
            self.script(script, arguments)
                .ok()
                .filter(|value| !value.is_null() && *value != Value::Bool(false))
        })
    }

    /// Elements that a CSS selector finds now.
    #[must_use]
    pub fn all(&self, css: &str) -> Vec<Element> {
        let found =
            self.command("POST", "/elements", Some(&json!({ "using": "css selector", "value": css })));
        let found = found.unwrap_or_default();
        found.as_array().into_iter().flatten().filter_map(Element::from_json).collect()
    }

    /// Waits for the first element that a CSS selector finds.
    ///
    /// # Panics
    /// If there is none in time.
    #[must_use]
    pub fn find(&self, css: &str) -> Element {
        eventually(&format!("an element {css}"), PATIENCE, || self.all(css).into_iter().next())
    }

    /// Waits for a text anywhere on the page.
    ///
    /// # Panics
    /// If it does not appear in time; the message holds what there is.
    pub fn see(&self, text: &str) {
        let start = Instant::now();
        while !self.sees(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "{text:?} does not appear on the page, which says:\n{}",
                self.page_text()
            );
            std::thread::sleep(Duration::from_millis(80));
        }
    }

    /// Whether a text is on the page now.
    #[must_use]
    pub fn sees(&self, text: &str) -> bool {
        self.page_text().to_lowercase().contains(&text.to_lowercase())
    }

    /// The page's visible text.
    #[must_use]
    pub fn page_text(&self) -> String {
        let text = self.script("return document.body.innerText", &json!([])).unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks an element in its middle.
    ///
    /// # Panics
    /// If it cannot be clicked.
    pub fn click(&self, element: &Element) {
        self.command("POST", &format!("/element/{}/click", element.0), Some(&json!({})))
            .unwrap_or_else(|error| panic!("a click failed: {error:?}"));
    }

    /// Types into an element.
    ///
    /// # Panics
    /// If it takes no text.
    pub fn type_into(&self, element: &Element, text: &str) {
        self.command("POST", &format!("/element/{}/value", element.0), Some(&json!({ "text": text })))
            .unwrap_or_else(|error| panic!("typing failed: {error:?}"));
    }

    /// An attribute of an element, if it has it.
    #[must_use]
    pub fn attribute(&self, element: &Element, name: &str) -> Option<String> {
        let answer = self.command("GET", &format!("/element/{}/attribute/{name}", element.0), None).ok()?;
        answer.as_str().map(str::to_owned)
    }

    /// Presses keys together, such as `["Control", "z"]`: the last is pressed while the others are held.
    ///
    /// # Panics
    /// If the window takes no keys.
    pub fn press(&self, keys: &[&str]) {
        self.try_press(keys).unwrap_or_else(|error| panic!("input failed: {error:?}"));
    }

    /// The same, for windows that may end meanwhile.
    ///
    /// # Errors
    /// What WebDriver says.
    pub fn try_press(&self, keys: &[&str]) -> Result<(), WebDriverError> {
        let codes: Vec<String> = keys.iter().map(|key| key_code(key)).collect();
        let down = codes.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = codes.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.actions(&json!([{ "type": "key", "id": "keyboard", "actions": actions }]))
    }

    /// Moves the pointer through places of the viewport, with the first button held from the first to the last.
    ///
    /// # Panics
    /// If the window takes no pointer.
    pub fn drag(&self, path: &[(f64, f64)]) {
        self.try_drag(path).unwrap_or_else(|error| panic!("input failed: {error:?}"));
    }

    /// The same, for windows that may end meanwhile.
    ///
    /// # Errors
    /// What WebDriver says.
    pub fn try_drag(&self, path: &[(f64, f64)]) -> Result<(), WebDriverError> {
        let mut actions = Vec::new();
        for (number, place) in path.iter().enumerate() {
            let duration = if number == 0 { 0 } else { 60 };
            actions.push(pointer_move(*place, duration));
            if number == 0 {
                actions.push(json!({ "type": "pointerDown", "button": 0 }));
            }
        }
        actions.push(json!({ "type": "pointerUp", "button": 0 }));
        self.actions(&mouse(&actions))
    }

    /// Moves the pointer to a place of the viewport, with no button held.
    ///
    /// # Panics
    /// If the window takes no pointer.
    pub fn point_at(&self, place: (f64, f64)) {
        self.actions(&mouse(&[pointer_move(place, 40)]))
            .unwrap_or_else(|error| panic!("input failed: {error:?}"));
    }

    /// Clicks at a place of the viewport.
    ///
    /// # Panics
    /// If the window takes no pointer.
    pub fn click_at(&self, place: (f64, f64)) {
        let actions = [
            pointer_move(place, 40),
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pause", "duration": 20 }),
            json!({ "type": "pointerUp", "button": 0 }),
        ];
        self.actions(&mouse(&actions)).unwrap_or_else(|error| panic!("input failed: {error:?}"));
    }

    fn actions(&self, sources: &Value) -> Result<(), WebDriverError> {
        self.command("POST", "/actions", Some(&json!({ "actions": sources }))).map(drop)
    }

    /// A picture of the page, kept in [`crate::screens`], once what moves into its place is there and drawn.
    ///
    /// # Panics
    /// If it cannot be taken.
    pub fn screenshot(&self, name: &str) {
        const SETTLED: &str = r#"
            const done = arguments[arguments.length - 1];
            const moving = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
            Promise.all(moving.map((one) => one.finished.catch(() => null)))
              .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));
            setTimeout(() => done(null), 2000);"#;
        // A page that does not answer is seen as it is.
        let _ = self.command("POST", "/execute/async", Some(&json!({ "script": SETTLED, "args": [] })));
        let answer = self.command("GET", "/screenshot", None).expect("a screenshot");
        let bytes = BASE64.decode(answer.as_str().unwrap_or_default().as_bytes()).expect("base64");
        std::fs::write(crate::screens().join(format!("{name}.png")), bytes).expect("the screenshot is kept");
    }

    fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, WebDriverError> {
        self.request(method, &format!("/session/{}{path}", self.session), body)
    }

    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, WebDriverError> {
        let unreachable = |error: std::io::Error| WebDriverError {
            error: "unreachable".into(),
            message: error.to_string(),
        };
        let text = exchange(self.port, method, path, body).map_err(unreachable)?;
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        let value = answer.get("value").cloned().unwrap_or_default();
        match value.get("error").and_then(Value::as_str) {
            Some(error) => Err(WebDriverError {
                error: error.to_owned(),
                message: value["message"].as_str().unwrap_or_default().to_owned(),
            }),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}

fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok(body.to_owned())
}

fn mouse(actions: &[Value]) -> Value {
    json!([{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions }])
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its number").port()
}

#[expect(clippy::cast_possible_truncation, reason = "places of a viewport are small")]
fn pointer_move((x, y): (f64, f64), duration: u32) -> Value {
    json!({ "type": "pointerMove", "origin": "viewport", "duration": duration, "x": x.round() as i64, "y": y.round() as i64 })
}

fn key_code(key: &str) -> String {
    let code = match key {
        "Control" => '\u{e009}',
        "Shift" => '\u{e008}',
        "Alt" => '\u{e00a}',
        "Enter" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "Delete" => '\u{e017}',
        "Backspace" => '\u{e003}',
        "Tab" => '\u{e004}',
        "End" => '\u{e010}',
        "Home" => '\u{e011}',
        "Left" => '\u{e012}',
        "Up" => '\u{e013}',
        "Right" => '\u{e014}',
        "Down" => '\u{e015}',
        other => return other.to_owned(),
    };
    code.to_string()
}
