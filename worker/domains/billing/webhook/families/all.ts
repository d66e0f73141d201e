export { checkout } from "./checkout.ts";
export { connect } from "./connect.ts";
export { disputes } from "./disputes.ts";
export { invoices } from "./invoices.ts";
export { refunds } from "./refunds.ts";
export { subscriptions } from "./subscriptions.ts";
