import { conditionContext } from "../../access/identity.ts";
import type { SimulatorOidcProvider } from "../../accounts.ts";
import type { UnsignedAction, UnsignedCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { trustsFederation } from "../ram/trust.ts";
import { type OidcClaims, verifyOidcToken } from "./oidc-token.ts";
import { issueRoleSession, readSessionRequest, requireTrustedRole } from "./role-session.ts";

const tokenLimit = 20_000;

/**
 * Temporary credentials of a role for who holds a token of an identity provider that the role trusts. Nobody signs the
 * call: the token shows who sends it, checked against the provider's keys, issuer, client ids and the service's time.
 *
 * Refuses with 404 `EntityNotExist.OIDCProvider` and `EntityNotExist.Role`, 400 `AuthenticationFail.OIDCToken.Invalid`
 * and `.Expired`, and 403 `AuthenticationFail.NoPermission` when the trust policy does not let the token in. Source: vendor
 * page of AssumeRoleWithOIDC, 2025-08; the statuses are assumed.
 */
export const assumeRoleWithOidc: UnsignedAction = {
  name: "AssumeRoleWithOIDC",
  parameters: ["OIDCProviderArn", "RoleArn", "OIDCToken", "RoleSessionName", "DurationSeconds", "Policy"],
  run: async (call) => {
    const { world, parameters } = call;
    const provider = requireProvider(call);
    const request = readSessionRequest(parameters);
    const token = parameters.required("OIDCToken");
    if (token.length > tokenLimit) {
      throw new RpcError(
        400,
        "InvalidParameter.OIDCToken",
        `The token is longer than ${tokenLimit} characters.`,
      );
    }
    const claims = verifyOidcToken(token, provider, world.clock.serviceNow());
    const role = requireTrustedRole(world, request);
    const context = conditionContext(world, call.remoteAddress, null, [
      ["oidc:iss", claims.issuer],
      ["oidc:aud", claims.clientId],
      ["oidc:sub", claims.subject],
    ]);
    if (!trustsFederation(world, role, parameters.required("OIDCProviderArn"), context)) {
      const message = `The trust policy of ${role.roleName} does not let ${claims.subject} assume the role.`;
      throw new RpcError(403, "AuthenticationFail.NoPermission", message);
    }
    return { ...(await issueRoleSession(world, role, request)), OIDCTokenInfo: describe(claims) };
  },
};

function requireProvider({ world, parameters }: UnsignedCall): SimulatorOidcProvider {
  const arn = parameters.required("OIDCProviderArn");
  const [, accountId = "", name] = /^acs:ram::(\d+):oidc-provider\/(.+)$/i.exec(arn) ?? [];
  const providers = world.accounts.account(accountId)?.oidcProviders ?? [];
  const provider = providers.find((candidate) => candidate.name === name);
  if (provider) return provider;
  throw new RpcError(404, "EntityNotExist.OIDCProvider", "The specified OIDCProvider does not exist.");
}

function describe({ subject, issuer, clientId, issuedAtMs, expiresAtMs }: OidcClaims) {
  const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    Subject: subject,
    Issuer: issuer,
    ClientIds: clientId,
    ...(issuedAtMs === null ? {} : { IssuanceTime: iso(issuedAtMs) }),
    ExpirationTime: iso(expiresAtMs),
    VerificationInfo: "Success",
  };
}
