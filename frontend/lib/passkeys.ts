/** Passkeys in the browser: what the API says as JSON, in the bytes that WebAuthn wants, and back. Loaded when one is wanted. */
import { Trouble } from "./api";
import type { PasskeyAssertion, PasskeyCreationOptions, PasskeyCredential, PasskeyDescriptor, PasskeyRequestOptions } from "./client/types.gen";

/** Whether this browser has passkeys at all; whether it has them here, the service says (`listProviders`). */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);

/** Whether it offers passkeys where a user name is typed. */
export async function offersPasskeys(): Promise<boolean> {
  return hasPasskeys() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());
}

/** Have an authenticator make a passkey. @throws DOMException where none came of it; `refused` says why. */
export async function makePasskey(options: PasskeyCreationOptions): Promise<PasskeyCredential> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    pubKeyCredParams: options.pubKeyCredParams.map(({ alg }) => ({ type: "public-key", alg })),
    excludeCredentials: options.excludeCredentials.map(described),
  };
  const made = await asked(navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: "public-key",
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/**
 * Have an authenticator sign. `quiet` offers it where a user name is typed, and waits until somebody takes it.
 * @throws DOMException where none came of it; `refused` says why.
 */
export async function usePasskey(options: PasskeyRequestOptions, quiet?: AbortSignal): Promise<PasskeyAssertion> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials.map(described),
  };
  const used = await asked(navigator.credentials.get({ publicKey, ...(quiet && { mediation: "conditional", signal: quiet }) }));
  const response = used.response as AuthenticatorAssertionResponse;
  return {
    id: used.id,
    rawId: text(used.rawId),
    type: "public-key",
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle?.byteLength && { userHandle: text(response.userHandle) }),
    },
  };
}

/** What is said where no passkey came of it: it was declined, or the authenticator holds one of the account already. */
export function refused(error: unknown, said: { declined: string; held: string }): unknown {
  if (!(error instanceof DOMException)) return error;
  const detail = error.name === "InvalidStateError" ? said.held : said.declined;
  return new Trouble(0, { error_code: error.name, detail }, null, null);
}

async function asked(call: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const found = await call;
  if (!(found instanceof PublicKeyCredential)) throw new DOMException("", "NotAllowedError");
  return found;
}

const described = ({ id, transports }: PasskeyDescriptor): PublicKeyCredentialDescriptor => ({
  type: "public-key",
  id: bytes(id),
  transports: transports as AuthenticatorTransport[],
});

/** The bytes of base64url without padding. */
export function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  const binary = atob(encoded.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

/** Base64url without padding. */
export function text(content: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(content), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
