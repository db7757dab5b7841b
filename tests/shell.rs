//! What the window's page may not do, tried out in the real window: reach other origins, leave the application, open
//! windows, evaluate strings, or call more of the shell than its two commands.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Desktop, Profile, Window};

/// Asks the shell for something and answers how that ended.
const INVOKE: &str = r#"
const [command, args] = arguments;
return window.__TAURI_INTERNALS__.invoke(command, args).then((r) => ({ ok: r }), (e) => ({ refused: String(e.message ?? e) }));
"#;

#[test]
fn the_page_stays_inside() {
    let desktop = Desktop::start();
    let window = Window::open(&desktop, &Profile::new(&desktop, "annotator"));
    let run = |script: &str| window.script(script, &json!([])).expect("a script runs");

    // A listener stands for any other origin. Nothing may knock.
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a listener");
    elsewhere.set_nonblocking(true).expect("a listener that does not wait");
    let port = elsewhere.local_addr().expect("its address").port();
    let fetched =
        run(&format!("return fetch('http://127.0.0.1:{port}/').then(() => 'fetched', () => 'refused')"));
    assert_eq!(fetched, "refused");
    let image = run(&format!(
        "return new Promise((r) => {{ const i = new Image(); i.onload = () => r('loaded'); i.onerror = () => r('refused'); \
         i.src = 'http://127.0.0.1:{port}/x.png'; }})"
    ));
    assert_eq!(image, "refused");
    let socket = run(&format!(
        "try {{ const s = new WebSocket('ws://127.0.0.1:{port}/'); return new Promise((r) => {{ s.onopen = () => r('open'); \
         s.onerror = () => r('refused'); }}) }} catch {{ return 'refused' }}"
    ));
    assert_eq!(socket, "refused");
    assert_eq!(run("try { return (0, eval)('1 + 1') } catch { return 'refused' }"), "refused", "eval");
    assert_eq!(
        run(&format!("return String(window.open('http://127.0.0.1:{port}/'))")),
        "null",
        "a second window"
    );

    let before = run("return location.href");
    run(&format!("location.href = 'http://127.0.0.1:{port}/'"));
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(run("return location.href"), before, "the page left the application");
    assert!(elsewhere.accept().is_err(), "something connected to another origin");

    window.close();
}

#[test]
fn the_page_reaches_two_commands_and_no_more() {
    let desktop = Desktop::start();
    let window = Window::open(&desktop, &Profile::new(&desktop, "annotator"));
    let invoke = |command: &str, arguments: Value| {
        window.script(INVOKE, &json!([command, arguments])).expect("an answer")
    };

    let session = invoke("call", json!({ "name": "session", "arguments": {} }));
    assert!(session["ok"]["kind"].is_string(), "the contract answers: {session}");
    let unknown = invoke("call", json!({ "name": "no_such_command", "arguments": {} }));
    assert!(unknown["refused"].is_string(), "an unknown command is refused: {unknown}");

    for command in [
        "plugin:dialog|open",
        "plugin:dialog|save",
        "plugin:event|emit",
        "plugin:window|set_title",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:fs|read_file",
    ] {
        let answer = invoke(command, json!({}));
        let reason = answer["refused"].as_str().unwrap_or_default();
        assert!(
            reason.contains("not allowed") || reason.contains("not found"),
            "{command} must be refused for want of permission: {answer}"
        );
    }
    let media = window
        .script("return fetch('abox://localhost/preview/x/y').then((r) => r.status)", &json!([]))
        .expect("the media protocol answers");
    assert_eq!(media, 400, "the media protocol refuses what is no identifier");
    window.close();
}
