//! Writes scopes for Terraform's provider `auth0/auth0`, where one resource has all scopes of an API.

use crate::routes::ApiScope;

/// Returns the resource `auth0_resource_server_scopes`.
pub(super) fn resource(scopes: &[ApiScope], audiences: &[String]) -> String {
    let identifier = audiences
        .first()
        .map_or("https://api.example.com", String::as_str);
    let blocks: Vec<_> = scopes.iter().map(block).collect();
    format!(
        "resource \"auth0_resource_server_scopes\" \"api\" {{\n  resource_server_identifier = {}\n{}}}\n",
        quoted(identifier),
        blocks.concat()
    )
}

fn block(scope: &ApiScope) -> String {
    let description = scope
        .description()
        .map(|description| format!("    description = {}\n", quoted(description)));
    format!(
        "\n  scopes {{\n    name        = {}\n{}  }}\n",
        quoted(scope.name()),
        description.unwrap_or_default()
    )
}

/// Quotes a string for HCL, in which `${` and `%{` would begin a template.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_string_is_not_a_template() {
        for (text, expected) in [
            ("plain", r#""plain""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("a\nb", r#""a\nb""#),
            ("${x} %{y} $z", r#""$${x} %%{y} $z""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
