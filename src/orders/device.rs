//! What a checkout was made on, as roughly as the rates need it. The browser's own name is never kept.

/// A kind of device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Device {
    /// Fits into a hand.
    Phone,
    /// Held with two.
    Tablet,
    /// Stands on a table.
    Computer,
    /// Listens and speaks.
    Speaker,
    /// The browser does not say, or it is none.
    #[default]
    Unknown,
}

impl Device {
    /// All of them.
    pub const ALL: [Device; 5] = [Device::Phone, Device::Tablet, Device::Computer, Device::Speaker, Device::Unknown];

    /// What a browser that calls itself `user_agent` runs on.
    pub fn of(user_agent: &str) -> Device {
        let says = |words: &[&str]| words.iter().any(|word| user_agent.contains(word));
        // Android names phones "Mobile"; what is Android without it is a tablet
        let is_small = says(&["Mobi", "iPhone", "iPod", "Windows Phone"]);
        if says(&["bot", "Bot", "crawler", "spider", "HeadlessChrome"]) {
            Device::Unknown
        } else if says(&["iPad", "Tablet", "PlayBook", "Kindle"]) || says(&["Android", "Silk"]) && !is_small {
            Device::Tablet
        } else if is_small {
            Device::Phone
        } else if says(&["Windows NT", "Macintosh", "X11", "CrOS"]) {
            Device::Computer
        } else {
            Device::Unknown
        }
    }

    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            Device::Phone => "phone",
            Device::Tablet => "tablet",
            Device::Computer => "computer",
            Device::Speaker => "speaker",
            Device::Unknown => "unknown",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Device::Unknown => "not known",
            known => known.word(),
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Device> {
        Device::ALL.into_iter().find(|device| device.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_tells_what_it_runs_on() {
        for (user_agent, device) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
                Device::Phone,
            ),
            ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", Device::Phone),
            ("Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", Device::Tablet),
            ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", Device::Tablet),
            ("Mozilla/5.0 (Android 13; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0", Device::Tablet),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
                Device::Computer,
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5", Device::Computer),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", Device::Computer),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Device::Unknown),
            ("curl/8.5.0", Device::Unknown),
            ("", Device::Unknown),
        ] {
            assert_eq!(Device::of(user_agent), device, "{user_agent}");
            assert_eq!(Device::from_word(device.word()), Some(device));
        }
    }
}
