use super::*;

#[test]
fn numbers_keep_their_value() {
    for (written, value) in [
        ("0", json!(0)),
        ("-1", json!(-1)),
        ("4102444800", json!(4_102_444_800_u64)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        (
            "18446744073709551616",
            json!(18_446_744_073_709_551_616_f64),
        ),
        (
            "-9223372036854775809",
            json!(-9_223_372_036_854_775_809_f64),
        ),
        ("1.5e3", json!(1500.0)),
        ("1E+2", json!(100.0)),
        ("-0", json!(-0.0)),
        ("-0.0", json!(-0.0)),
        ("5e-324", json!(5e-324)),
        ("1e-400", json!(0.0)),
        ("1.7976931348623157e308", json!(f64::MAX)),
    ] {
        assert_eq!(read(written), Ok(value), "{written}");
    }
}

#[test]
fn a_number_that_an_f64_cannot_hold_is_refused() {
    let long = "9".repeat(400);
    for written in ["1e400", "-1e400", "1e99999999999", "1.8e308", &*long] {
        assert_eq!(read(written), Err(Problem::NumberOutOfRange), "{written}");
        let nested = format!(r#"[{{"y":{written}}}]"#);
        assert_eq!(read(&nested), Err(Problem::NumberOutOfRange), "{nested}");
    }
}
