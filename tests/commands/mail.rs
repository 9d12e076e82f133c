//! A mail server as small as one can be: it takes letters and keeps them.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// It listens until the test ends.
pub struct Server {
    port: u16,
    letters: Receiver<String>,
}

impl Server {
    /// Starts one on a port of its own.
    pub fn start() -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, letters) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || talk(&stream, &sender));
            }
        });
        Server { port, letters }
    }

    /// For `PUSHCART_SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Waits for a letter, whole, with its headers.
    pub async fn next_letter(&self) -> String {
        for _ in 0..400 {
            if let Ok(letter) = self.letters.try_recv() {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no letter arrives");
    }
}

/// RFC 5321, the part that every client uses.
fn talk(mut stream: &TcpStream, letters: &Sender<String>) {
    let mut lines = BufReader::new(stream).lines();
    let mut say = |words: &str| stream.write_all(format!("{words}\r\n").as_bytes()).unwrap();
    say("220 test");
    while let Some(Ok(line)) = lines.next() {
        match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "DATA" => {
                say("354 go on");
                let letter: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                letters.send(letter.join("\n")).unwrap();
                say("250 kept");
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok"),
        }
    }
}
