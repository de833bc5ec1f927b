//! Reads client certificates: their thumbprint (RFC 8705 §3.1), the header in which a TLS-terminating
//! proxy forwards them (RFC 9440), and the list of trusted proxies.

use std::fmt;
use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ipnet::{IpNet, Ipv4Net};

/// Accepts base64 without padding, as RFC 8941 §4.2.7 requires of parsers.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The SHA-256 hash of a certificate's DER encoding, as in `x5t#S256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CertificateThumbprint([u8; 32]);

impl CertificateThumbprint {
    pub(crate) fn from_der(der: &[u8]) -> Self {
        let hash = digest(&SHA256, der);
        Self(hash.as_ref().first_chunk().copied().unwrap_or_default())
    }

    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes the certificate from the values of a request's certificate headers (RFC 9440 §2.1).
    ///
    /// A header that is malformed, has parameters or occurs twice counts as no certificate.
    pub(crate) fn from_headers<'h>(mut values: impl Iterator<Item = &'h str>) -> Option<Self> {
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        let value = value.trim_matches([' ', '\t']);
        let encoded = value.strip_prefix(':')?.strip_suffix(':')?;
        if encoded.is_empty() {
            return None;
        }
        BASE64.decode(encoded).ok().map(|der| Self::from_der(&der))
    }
}

/// The addresses of proxies whose certificate header is trusted.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Box<[IpNet]>);

/// A text that is neither an address nor a block of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidBlock(String);

impl fmt::Display for InvalidBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TrustedProxies {
    /// Parses addresses and CIDR blocks.
    ///
    /// # Errors
    /// Returns the first text that is neither.
    pub(crate) fn parse(blocks: &[String]) -> Result<Self, InvalidBlock> {
        blocks
            .iter()
            .map(|block| parse_block(block))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn contain(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|block| block.contains(&peer))
    }
}

fn parse_block(text: &str) -> Result<IpNet, InvalidBlock> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let block: IpNet = text.parse().map_err(|_| InvalidBlock(text.to_owned()))?;
    // Peers are compared in canonical form, in which an IPv4-mapped IPv6 address is an IPv4 address.
    if let (IpAddr::V4(address), Some(length)) = (
        block.addr().to_canonical(),
        block.prefix_len().checked_sub(96),
    ) && block.addr().is_ipv6()
    {
        return Ipv4Net::new(address, length)
            .map(IpNet::V4)
            .map_err(|_| InvalidBlock(text.to_owned()));
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(values: &[&'static str]) -> Option<CertificateThumbprint> {
        CertificateThumbprint::from_headers(values.iter().copied())
    }

    #[test]
    fn a_certificate_is_a_byte_sequence_of_rfc_9440() {
        let expected = Some(CertificateThumbprint::from_der(b"cert"));
        for value in [":Y2VydA==:", " :Y2VydA==:\t", ":Y2VydA:"] {
            assert_eq!(header(&[value]), expected, "{value}");
        }
    }

    #[test]
    fn a_malformed_or_repeated_header_counts_as_no_certificate() {
        for values in [
            &[][..],
            &[""],
            &["::"],
            &["Y2VydA=="],
            &[":Y2VydA=="],
            &["Y2VydA==:"],
            &[":Y2VydA==:;a=1"],
            &[":Y2VydA==:, :Y2VydA==:"],
            &[":Y2Vy dA==:"],
            &[":-_-_:"],
            &["\"Y2VydA==\""],
            &[":Y2VydA==:", ":Y2VydA==:"],
        ] {
            assert_eq!(header(values), None, "{values:?}");
        }
    }

    fn trusts(blocks: &[&str], peer: &str) -> bool {
        let blocks: Vec<_> = blocks.iter().map(|&block| block.to_owned()).collect();
        TrustedProxies::parse(&blocks)
            .unwrap()
            .contain(peer.parse().unwrap())
    }

    #[test]
    fn an_address_or_a_block_is_trusted_in_either_form() {
        for (block, peer, trusted) in [
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1", "::ffff:10.0.0.1", true),
            ("::ffff:10.0.0.1", "10.0.0.1", true),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "::ffff:10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("::ffff:10.0.0.0/104", "10.255.0.1", true),
            ("::ffff:10.0.0.0/104", "11.0.0.1", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "10.0.0.1", false),
            ("::1", "::1", true),
            ("::/0", "10.0.0.1", false),
        ] {
            assert_eq!(trusts(&[block], peer), trusted, "{block} {peer}");
        }
        assert!(!trusts(&[], "127.0.0.1"));
    }

    #[test]
    fn a_text_that_is_not_a_block_is_refused() {
        for block in [
            "",
            "localhost",
            "10.0.0.0/33",
            "10.0.0",
            "10.0.0.1:80",
            "*",
            "fd00::/129",
        ] {
            assert!(parse_block(block).is_err(), "{block}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(value in ".*") {
            let _ = CertificateThumbprint::from_headers([value.as_str()].into_iter());
        }
    }
}
