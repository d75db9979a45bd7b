//! A headless Chromium that opens pages from disk and reports what went wrong on them.
//!
//! Speaks the DevTools protocol over a web socket: open, look, point, click, type.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// A page that takes longer than this to do something never does it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Windows in CSS pixels, width and height.
pub const PHONE: (u32, u32) = (390, 844);
pub const DESKTOP: (u32, u32) = (1440, 900);

pub struct Browser {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    last: u64,
    /// Errors and warnings of the page, or of the browser about it.
    complaints: Vec<String>,
    /// Addresses the page requested besides its own file and what is in it.
    requests: Vec<String>,
    loads: usize,
    _profile: TempDir,
}

/// Where Chromium is; tests that need it print "skipped" if there is none, and fail instead with
/// `SEETHRU_REQUIRE_CHROMIUM=1`.
pub fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("SEETHRU_REQUIRE_CHROMIUM").is_none_or(|value| value != "1"),
            "SEETHRU_REQUIRE_CHROMIUM=1, and no Chromium is on the PATH"
        );
        println!("skipped: no Chromium is on the PATH");
    }
    found
}

impl Browser {
    /// With a window of this size in CSS pixels; `None` where there is no Chromium.
    pub fn start(width: u32, height: u32) -> Option<Browser> {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(chromium()?)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--window-size={width},{height}"))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "Chromium ended before it listened");
            if let Some(address) = line.trim().strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        // Nobody keeps reading, and a full pipe would block it.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let (socket, _) = tungstenite::connect(address).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let (session, last, loads) = (String::new(), 0, 0);
        let (complaints, requests) = (Vec::new(), Vec::new());
        let mut browser =
            Browser { process, socket, session, last, complaints, requests, loads, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", target);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.resize(width, height);
        Some(browser)
    }

    /// Opens a file and waits until it is loaded.
    pub fn open(&mut self, page: &Path) {
        let loads = self.loads;
        let url = format!("file://{}", page.canonicalize().unwrap().display());
        let answer = self.call("Page.navigate", json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{url}: {answer}");
        while self.loads == loads {
            self.receive();
        }
        let own = |asked: &String| asked.starts_with("data:") || *asked == url || asked.starts_with("blob:");
        self.requests.retain(|asked| !own(asked));
    }

    /// A phone is 390 x 844, a desktop 1440 x 900.
    pub fn resize(&mut self, width: u32, height: u32) {
        let phone = width < 600;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    pub fn prefer_dark(&mut self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// The value of a JavaScript expression.
    #[track_caller]
    pub fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The middle of the first element that `selector` finds, scrolled into view, in CSS pixels.
    #[track_caller]
    pub fn middle(&mut self, selector: &str) -> (f64, f64) {
        let found = self.eval(&format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return null; \
             e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const b = e.getBoundingClientRect(); \
             return [b.x + b.width / 2, b.y + b.height / 2]; }})()",
            json!(selector)
        ));
        let at = |axis: usize| found[axis].as_f64().unwrap_or_else(|| panic!("no {selector} on the page"));
        (at(0), at(1))
    }

    pub fn hover(&mut self, (x, y): (f64, f64)) {
        self.mouse("mouseMoved", x, y, 0);
    }

    pub fn click(&mut self, (x, y): (f64, f64)) {
        self.drag((x, y), (x, y));
    }

    /// Presses at one point, moves and releases at another.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.mouse("mouseMoved", from.0, from.1, 0);
        self.mouse("mousePressed", from.0, from.1, 1);
        if from != to {
            for part in 1..=4 {
                let part = f64::from(part) / 4.0;
                let between = |a: f64, b: f64| a + part * (b - a);
                self.mouse("mouseMoved", between(from.0, to.0), between(from.1, to.1), 1);
            }
        }
        self.mouse("mouseReleased", to.0, to.1, 0);
    }

    fn mouse(&mut self, kind: &str, x: f64, y: f64, buttons: u32) {
        let button = if kind == "mouseMoved" && buttons == 0 { "none" } else { "left" };
        let event =
            json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Presses a key by its DOM name: "Tab", "ArrowRight", "Home", "Enter", "Escape", " ".
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            other => panic!("no code for the key {other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && matches!(key, "Enter" | " ") {
                event["text"] = json!(if key == " " { " " } else { "\r" });
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// The roles and names that assistive technology sees: `role: name` each.
    pub fn accessible(&mut self) -> Vec<String> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != json!(true));
        let line = |node: &Value| {
            format!(
                "{}: {}",
                node["role"]["value"].as_str().unwrap_or(""),
                node["name"]["value"].as_str().unwrap_or("")
            )
        };
        nodes.map(line).collect()
    }

    /// Every control and every picture has a name.
    #[track_caller]
    pub fn assert_named(&mut self) {
        for line in self.accessible() {
            let (role, name) = line.split_once(": ").unwrap();
            let named = ["slider", "button", "combobox", "checkbox", "image", "img"].contains(&role);
            assert!(!named || !name.is_empty(), "{role} without a name");
        }
    }

    /// Clean on a phone and on a desktop, light and dark, which differ.
    #[track_caller]
    pub fn assert_clean_everywhere(&mut self) {
        let mut papers = Vec::new();
        for (width, height) in [PHONE, DESKTOP] {
            for dark in [false, true] {
                self.resize(width, height);
                self.prefer_dark(dark);
                self.assert_clean();
                papers.push(self.eval("getComputedStyle(document.body).backgroundColor"));
            }
        }
        assert!(papers[0] != papers[1] && papers[0] == papers[2] && papers[1] == papers[3], "{papers:?}");
    }

    /// No error or warning in the console, no outside request, and no sideways scrolling.
    #[track_caller]
    pub fn assert_clean(&mut self) {
        let wide = self.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(self.complaints.is_empty(), "console: {:#?}", self.complaints);
        assert!(self.requests.is_empty(), "requested: {:#?}", self.requests);
        assert!(wide.as_f64().unwrap() < 1.0, "the page is {wide} pixels wider than its window");
    }

    #[track_caller]
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let mut answer = self.receive();
            if answer["id"] == json!(id) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }

    /// The next message; messages about the page are kept.
    fn receive(&mut self) -> Value {
        let text = loop {
            match self.socket.read().unwrap() {
                Message::Text(text) => break text,
                Message::Close(why) => panic!("Chromium closed the connection: {why:?}"),
                _ => {}
            }
        };
        let message: Value = serde_json::from_str(text.as_str()).unwrap();
        let params = &message["params"];
        match message["method"].as_str().unwrap_or("") {
            "Page.loadEventFired" => self.loads += 1,
            "Runtime.exceptionThrown" => self.complaints.push(params["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled"
                if matches!(params["type"].as_str(), Some("error" | "warning" | "assert")) =>
            {
                self.complaints.push(params["args"].to_string());
            }
            "Log.entryAdded" if matches!(params["entry"]["level"].as_str(), Some("error" | "warning")) => {
                self.complaints.push(params["entry"].to_string());
            }
            "Network.requestWillBeSent" => {
                self.requests.push(params["request"]["url"].as_str().unwrap_or("").to_owned());
            }
            _ => {}
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
