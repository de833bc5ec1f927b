//! A policy as the constant that the expansion holds.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, LitStr};

use crate::requirement::{Claim, Requirement, Value};
use crate::text;
use crate::valid::Policy;

pub(crate) fn constant(policy: &Policy, runtime: &TokenStream) -> TokenStream {
    match policy {
        Policy::Public => quote!(#runtime::__private::PUBLIC),
        Policy::RefuseAll => quote!(#runtime::__private::REFUSE_ALL),
        Policy::Requires(requirements) => {
            let mut constant = Constant { runtime, rules: 0 };
            let list = constant.list(requirements);
            quote!(#runtime::__private::requires(const { &[#list] }))
        }
    }
}

struct Constant<'a> {
    runtime: &'a TokenStream,
    /// How many of the application's own there are so far.
    rules: usize,
}

impl Constant<'_> {
    fn list(&mut self, requirements: &[Requirement]) -> TokenStream {
        let each = requirements.iter().map(|one| self.requirement(one));
        let each: Vec<_> = each.collect();
        quote!(#(#each),*)
    }

    fn requirement(&mut self, requirement: &Requirement) -> TokenStream {
        match requirement {
            Requirement::Scope(scope) => self.call("scope", scope.span(), scope),
            Requirement::Permission(name) => self.call("permission", name.span(), name),
            Requirement::Role(name) => self.call("role", name.span(), name),
            Requirement::Claim(claim) => self.claim(claim),
            Requirement::MaxAge(seconds) => self.call("max_age", seconds.span(), seconds),
            Requirement::Acr(classes) => self.call("acr", classes.span(), classes),
            Requirement::Rule(rule) => self.rule(rule),
            Requirement::Any(source, inner) => self.group("any", source.span(), inner),
            Requirement::OfKind(_, _, inner) if inner.len() == 1 => self.list(inner),
            Requirement::All(source, inner) | Requirement::OfKind(source, _, inner) => {
                self.group("all", source.span(), inner)
            }
            Requirement::NotFound(inner) => self.group("not_found", Span::call_site(), inner),
            Requirement::ReportOnly(inner) => self.group("report_only", Span::call_site(), inner),
        }
    }

    fn group(&mut self, name: &str, span: Span, inner: &[Requirement]) -> TokenStream {
        let inner = self.list(inner);
        self.call(name, span, quote!(const { &[#inner] }))
    }

    fn claim(&self, claim: &Claim) -> TokenStream {
        let (name, span) = (&claim.name, claim.name.span());
        if let Some(parameter) = claim.parameter() {
            let parameter = LitStr::new(&parameter, span);
            return self.call("owner", span, quote!(#name, #parameter));
        }
        match &claim.value {
            Value::Text(text) => self.call("claim_text", span, quote!(#name, #text)),
            Value::Integer(integer) => self.call("claim_integer", span, quote!(#name, #integer)),
            Value::Bool(value) => self.call("claim_bool", span, quote!(#name, #value)),
        }
    }

    /// A static, as a constant may not hold what can be changed; a reference to one it may.
    fn rule(&mut self, rule: &Expr) -> TokenStream {
        let span = Span::mixed_site().located_at(rule.span());
        let (id, name) = (
            Literal::usize_unsuffixed(self.rules),
            text::of(&rule.to_token_stream()),
        );
        self.rules += 1;
        let runtime = located(self.runtime, span);
        let rule = quote_spanned! {span=>
            #id, #name, {
                static __AUTH_RULE: &dyn #runtime::Rule = &#rule;
                &__AUTH_RULE
            }
        };
        self.call("custom", span, rule)
    }

    /// Located at what it stands for, so that this is what an error about it underlines.
    fn call(&self, function: &str, span: Span, arguments: impl ToTokens) -> TokenStream {
        let span = Span::mixed_site().located_at(span);
        let (runtime, function) = (located(self.runtime, span), Ident::new(function, span));
        quote_spanned!(span=> #runtime::__private::#function(#arguments))
    }
}

/// The tokens at this place, and with its hygiene.
pub(crate) fn located(tokens: &TokenStream, span: Span) -> TokenStream {
    let located = tokens.clone().into_iter().map(|mut token: TokenTree| {
        token.set_span(span);
        token
    });
    located.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::{Attr, Kind};
    use crate::diagnostics::Errors;
    use crate::grammar;

    /// rustfmt adds trailing ones.
    fn without_commas(tokens: &TokenStream) -> String {
        tokens.to_string().replace([',', ' '], "")
    }

    #[test]
    fn every_requirement_has_its_constructor() {
        for (kind, args, expected) in [
            (
                Kind::RequiresScope,
                quote!("a", any(b::B, all("c"))),
                quote!(
                    ::a::__private::scope("a"),
                    ::a::__private::any(
                        const {
                            &[
                                ::a::__private::scope(b::B),
                                ::a::__private::all(const { &[::a::__private::scope("c")] }),
                            ]
                        }
                    )
                ),
            ),
            (
                Kind::RequiresPermission,
                quote!("a", "b", not_found, report_only),
                quote!(::a::__private::report_only(
                    const {
                        &[::a::__private::not_found(
                            const {
                                &[
                                    ::a::__private::permission("a"),
                                    ::a::__private::permission("b"),
                                ]
                            },
                        )]
                    }
                )),
            ),
            (
                Kind::RequiresRole,
                quote!("a"),
                quote!(::a::__private::role("a")),
            ),
            (
                Kind::RequiresClaim,
                quote!(a = "b", "c/d" = -5, e = true, sub = "<id>"),
                quote!(
                    ::a::__private::claim_text("a", "b"),
                    ::a::__private::claim_integer("c/d", -5),
                    ::a::__private::claim_bool("e", true),
                    ::a::__private::owner("sub", "id")
                ),
            ),
            (
                Kind::RequiresAuth,
                quote!(max_age = 300, acr = "a b"),
                quote!(::a::__private::max_age(300), ::a::__private::acr("a b")),
            ),
            (
                Kind::Requires,
                quote!(A, B::new(1)),
                quote!(
                    ::a::__private::custom(0, "A", {
                        static __AUTH_RULE: &dyn ::a::Rule = &A;
                        &__AUTH_RULE
                    }),
                    ::a::__private::custom(1, "B::new(1)", {
                        static __AUTH_RULE: &dyn ::a::Rule = &B::new(1);
                        &__AUTH_RULE
                    })
                ),
            ),
        ] {
            let mut errors = Errors::default();
            let found = grammar::requirements(&Attr::outermost(kind, args), &mut errors);
            let constant = constant(&Policy::Requires(found), &quote!(::a));
            let expected = quote!(::a::__private::requires(const { &[#expected] }));
            assert_eq!(without_commas(&constant), without_commas(&expected));
            assert!(errors.is_empty());
        }
    }
}
