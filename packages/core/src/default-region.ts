/**
 * The region of whatever concerns none in particular, where neither a setting nor an account names one: the endpoint of calls about all
 * regions, and the place of a bucket that is made for a plan. The simulator has its own: what it shares with us it could not find wrong.
 */
export const defaultRegion = "cn-hangzhou";
