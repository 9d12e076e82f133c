//! `paymentReason` as HTML: nine plain tags are kept, all others dropped, everything else escaped.

use quick_xml::escape::escape;

/// The tags the guide keeps.
const KEPT: [&str; 9] = ["b", "i", "u", "ul", "li", "br", "em", "strong", "strike"];

/// Balanced HTML that cannot do anything: attributes go, open tags are closed.
pub fn html(text: &str) -> String {
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('<') {
        out.push_str(&escape(before));
        let Some((tag, after)) = from.split_once('>') else {
            rest = "";
            out.push_str("&lt;");
            out.push_str(&escape(from));
            break;
        };
        write_tag(tag, &mut out, &mut open);
        rest = after;
    }
    out.push_str(&escape(rest));
    while let Some(name) = open.pop() {
        out.push_str(&format!("</{name}>"));
    }
    out
}

fn write_tag(tag: &str, out: &mut String, open: &mut Vec<String>) {
    let is_end = tag.starts_with('/');
    let name: String = tag
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    if !KEPT.contains(&name.as_str()) {
        return;
    }
    if name == "br" {
        out.push_str("<br>");
    } else if !is_end {
        out.push_str(&format!("<{name}>"));
        open.push(name);
    } else if let Some(depth) = open.iter().rposition(|own| *own == name) {
        for name in open.drain(depth..).rev() {
            out.push_str(&format!("</{name}>"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_tags_stay_without_attributes_and_others_go() {
        assert_eq!(
            html("<b onclick=x>Two</b> <script>alert(1)</script>books & tea"),
            "<b>Two</b> alert(1)books &amp; tea"
        );
        assert_eq!(html("a<br/>b <img src=x onerror=y> <strike>c</strike>"), "a<br>b  <strike>c</strike>");
    }

    #[test]
    fn open_tags_are_closed_in_order_and_stray_ends_go() {
        assert_eq!(html("<ul><li>one</ul> </b>two<i>"), "<ul><li>one</li></ul> two<i></i>");
        assert_eq!(html("1 < 2"), "1 &lt; 2");
    }
}
