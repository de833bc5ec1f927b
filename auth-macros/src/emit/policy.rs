//! Generates a policy as a constant.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use crate::model::{Claim, Requirement, Value, What};
use crate::syntax::parameter::Parameter;
use crate::syntax::tokens::text;

/// Who may call a route.
pub(super) enum Policy {
    Public,
    /// The holder of a valid token that meets all of these.
    Requires(Vec<Requirement>),
    /// Nobody, because its attributes are wrong.
    RefuseAll,
}

/// Generates the policy of a handler with these parameters.
pub(super) fn constant(
    policy: &Policy,
    parameters: &[Parameter],
    runtime: &TokenStream,
) -> TokenStream {
    match policy {
        Policy::Public => quote!(#runtime::__private::PUBLIC),
        Policy::RefuseAll => quote!(#runtime::__private::REFUSE_ALL),
        Policy::Requires(requirements) => {
            let list = slice(requirements, parameters, runtime);
            quote!(#runtime::__private::requires(#list))
        }
    }
}

/// Generates the requirements of a list of routes, as a constant slice.
pub(super) fn list(requirements: &[Requirement], runtime: &TokenStream) -> TokenStream {
    slice(requirements, &[], runtime)
}

fn slice(
    requirements: &[Requirement],
    parameters: &[Parameter],
    runtime: &TokenStream,
) -> TokenStream {
    let list = Constant {
        runtime,
        parameters,
        rules: 0,
    }
    .list(requirements);
    quote!(const { &[#list] })
}

struct Constant<'a> {
    runtime: &'a TokenStream,
    parameters: &'a [Parameter],
    /// The number of rules so far, which numbers each rule uniquely.
    rules: usize,
}

impl Constant<'_> {
    fn list(&mut self, requirements: &[Requirement]) -> TokenStream {
        let each = requirements
            .iter()
            .map(|requirement| self.requirement(requirement));
        let each: Vec<_> = each.collect();
        quote!(#(#each),*)
    }

    fn requirement(&mut self, Requirement { what, source }: &Requirement) -> TokenStream {
        let span = source.span();
        match what {
            What::Scope(name) => self.call("scope", span, name),
            What::Permission(name) => self.call("permission", span, name),
            What::Role(name) => self.call("role", span, name),
            What::Claim(claim) => self.claim(claim),
            What::MaxAge(seconds) => self.call("max_age", span, seconds),
            What::SenderConstrained => self.call("sender_constrained", span, TokenStream::new()),
            What::Acr(classes) => self.call("acr", span, classes),
            What::Rule => self.rule(source),
            What::Any(inner) => self.group("any", span, inner),
            What::OfKind(_, inner) if inner.len() == 1 => self.list(inner),
            What::All(inner) | What::OfKind(_, inner) => self.group("all", span, inner),
            What::NotFound(inner) => self.group("not_found", Span::call_site(), inner),
            What::ReportOnly(inner) => self.group("report_only", Span::call_site(), inner),
        }
    }

    fn group(&mut self, name: &str, span: Span, inner: &[Requirement]) -> TokenStream {
        let inner = self.list(inner);
        self.call(name, span, quote!(const { &[#inner] }))
    }

    fn claim(&self, claim: &Claim) -> TokenStream {
        let (name, span) = (&claim.name, claim.name.span());
        if let Some(parameter) = claim.parameter() {
            return self.owner(name, &parameter);
        }
        match &claim.value {
            Value::Text(text) => self.call("claim_text", span, quote!(#name, #text)),
            Value::Integer(integer) => self.call("claim_integer", span, quote!(#name, #integer)),
            Value::Bool(value) => self.call("claim_bool", span, quote!(#name, #value)),
        }
    }

    /// Generates the requirement that the claim equals the parameter, as the parameter's type parses
    /// and displays it.
    fn owner(&self, claim: &LitStr, name: &str) -> TokenStream {
        let span = claim.span();
        let parameter = LitStr::new(name, span);
        let found = self
            .parameters
            .iter()
            .find(|parameter| parameter.is_named(name));
        let Some(ty) = found.and_then(Parameter::inferred_ty) else {
            // Rocket rejects a handler that does not have the parameter.
            return self.call("owner", span, quote!(#claim, #parameter));
        };
        let span = Span::mixed_site().located_at(ty.span());
        let runtime = located(self.runtime, span);
        let parse = quote_spanned!(span=> |segment| #runtime::__private::displayed::<#ty>(segment));
        self.call(
            "owner_displayed",
            claim.span(),
            quote!(#claim, #parameter, #parse),
        )
    }

    /// Generates a static for the rule, because a constant must not contain anything with interior
    /// mutability. It may contain a reference to a static that does.
    fn rule(&mut self, rule: &TokenStream) -> TokenStream {
        let span = Span::mixed_site().located_at(rule.span());
        let (id, name) = (Literal::usize_unsuffixed(self.rules), text(rule));
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

    /// Generates a call that is located at the requirement, so that an error about the call
    /// underlines the requirement.
    fn call(&self, function: &str, span: Span, arguments: impl ToTokens) -> TokenStream {
        let span = Span::mixed_site().located_at(span);
        let (runtime, function) = (located(self.runtime, span), Ident::new(function, span));
        quote_spanned!(span=> #runtime::__private::#function(#arguments))
    }
}

/// Moves the tokens to this place, and gives them its hygiene.
pub(super) fn located(tokens: &TokenStream, span: Span) -> TokenStream {
    let located = tokens.clone().into_iter().map(|mut token: TokenTree| {
        token.set_span(span);
        token
    });
    located.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Errors;
    use crate::handoff::Arguments;
    use crate::parse;
    use crate::syntax::attribute::Attr;
    use crate::syntax::kind::Kind;

    /// Removes commas, because rustfmt adds trailing ones to the expected tokens.
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
            let attr = Attr::expanded(kind, Arguments::read(args));
            let found = parse::requirements(&attr, &mut errors);
            let constant = constant(&Policy::Requires(found), &[], &quote!(::a));
            let expected = quote!(::a::__private::requires(const { &[#expected] }));
            assert_eq!(without_commas(&constant), without_commas(&expected));
            assert!(errors.is_empty());
        }
    }
}
