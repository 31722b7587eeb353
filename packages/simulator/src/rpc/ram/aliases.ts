import type { RpcAction } from "../call.ts";
import { RpcError } from "../errors.ts";

/*
 * The alias of an account: what its users' log-on addresses end in. Source: RAM API reference (GetAccountAlias, SetAccountAlias,
 * ClearAccountAlias) and its page on the default domain name, 2026. What is answered for an account that has set none is not
 * documented with the call: the page on domains says that the id stands for it.
 */

/** 3 to 32 lower-case letters, digits and single hyphens, none at the ends. */
const form = /^(?=.{3,32}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

const getAccountAlias: RpcAction = {
  name: "GetAccountAlias",
  parameters: [],
  run: async ({ world, caller: { accountId } }) => ({
    AccountAlias: world.ram.aliases.get(accountId, accountId)?.alias ?? accountId,
  }),
};

const setAccountAlias: RpcAction = {
  name: "SetAccountAlias",
  parameters: ["AccountAlias"],
  run: async ({ world, caller: { accountId }, parameters }) => {
    const alias = parameters.required("AccountAlias");
    if (!form.test(alias)) {
      throw new RpcError(
        400,
        "InvalidParameter.AccountAlias.InvalidChars",
        `The parameter AccountAlias cannot be ${JSON.stringify(alias)}.`,
      );
    }
    const taken = world.ram.aliases.all().some((one) => one.alias === alias && one.accountId !== accountId);
    if (taken) throw new RpcError(409, "EntityAlreadyExists.Account.Alias", "The alias is taken.");
    await world.ram.aliases.put({ accountId, alias });
    return {};
  },
};

const clearAccountAlias: RpcAction = {
  name: "ClearAccountAlias",
  parameters: [],
  run: async ({ world, caller: { accountId } }) => {
    const alias = world.ram.aliases.get(accountId, accountId);
    if (alias !== undefined) await world.ram.aliases.remove(alias);
    return {};
  },
};

/** Actions on the alias of an account. */
export const aliasActions: readonly RpcAction[] = [getAccountAlias, setAccountAlias, clearAccountAlias];
