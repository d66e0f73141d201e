// Stands in for jose's encrypted tokens (stand-ins.json): ours are signed, and better-auth's are kept in the database, not in cookies.
function absent(): never {
  throw new Error("encrypted tokens are not in the worker's bundle");
}

export { absent as EncryptJWT, absent as jwtDecrypt };
