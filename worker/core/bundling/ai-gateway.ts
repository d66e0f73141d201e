// Stands in for the AI SDK's gateway (stand-ins.json), which is asked where a model is given by its name alone: ours are objects.
function absent(): never {
  throw new Error("the AI SDK's gateway is not in the worker's bundle");
}

/** Nothing is an error of the gateway's. */
const noError = { isInstance: () => false };

export { absent as createGateway, absent as gateway, noError as GatewayAuthenticationError, noError as GatewayError };
