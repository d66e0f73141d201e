// Stands in for what the worker never asks of Stripe (stand-ins.json): its SDK makes all of its hundred resources for every client.
// `StripeApi` in billing/stripe.ts names those that are there, so that the compiler refuses the others.
function unused(): void { /* made for every client, and never asked for anything */ }

export {
  unused as AccountLinkResource, unused as AccountResource, unused as AccountSessionResource, unused as ApplePayDomainResource,
  unused as ApplicationFeeResource, unused as Apps, unused as BalanceResource, unused as BalanceSettingResource, unused as Billing,
  unused as ChargeResource, unused as Climate, unused as ConfirmationTokenResource, unused as CountrySpecResource, unused as CouponResource,
  unused as CreditNoteResource, unused as CustomerSessionResource, unused as Entitlements, unused as EphemeralKeyResource, unused as EventResource,
  unused as ExchangeRateResource, unused as FileLinkResource, unused as FileResource, unused as FinancialConnections, unused as Forwarding,
  unused as Identity, unused as InvoiceRenderingTemplateResource, unused as Issuing, unused as MandateResource,
  unused as PaymentAttemptRecordResource, unused as PaymentIntentResource, unused as PaymentLinkResource,
  unused as PaymentMethodConfigurationResource, unused as PaymentMethodDomainResource, unused as PaymentMethodResource,
  unused as PaymentRecordResource, unused as PayoutResource, unused as PlanResource, unused as ProductCatalog, unused as ProductResource,
  unused as PromotionCodeResource, unused as QuoteResource, unused as Radar, unused as Reporting, unused as Reserve, unused as ReviewResource,
  unused as SetupAttemptResource, unused as SetupIntentResource, unused as ShippingRateResource, unused as Sigma, unused as SourceResource,
  unused as SubscriptionItemResource, unused as Tax, unused as TaxCodeResource, unused as TaxIdResource, unused as TaxRateResource,
  unused as Terminal, unused as TestHelpers, unused as ThreeDSecure, unused as TokenResource, unused as TopupResource, unused as TransferResource,
  unused as Treasury, unused as V2, unused as WebhookEndpointResource,
  unused as OAuthResource, unused as StripeEventNotificationHandler,
};
