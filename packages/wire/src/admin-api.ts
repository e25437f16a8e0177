import { Type } from 'typebox';
import { Username } from './username.ts';

/** What `npm run admin` and the processes that it talks to say to each other, over a socket in the data folder. */

/** Unix milliseconds. */
const Time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Accounts in one answer: 200 KB. */
export const ADMIN_USERS_PAGE = 1_000;

/** An account as an administrator sees it. */
export const AdminUser = Type.Object({
  /** As registered. */
  username: Username,
  registeredAt: Time,
  /** The last signed request of an open session, to the minute; null for who has none. */
  seenAt: Type.Union([Time, Type.Null()]),
  /** Open ones. */
  sessions: Count,
  suspendedAt: Type.Union([Time, Type.Null()]),
  /** What is left of such an account is its name. */
  deletedAt: Type.Union([Time, Type.Null()]),
});
export type AdminUser = Type.Static<typeof AdminUser>;

/** `GET /users`: in the order of their names without regard to case, after one of them. */
export const AdminUsersQuery = Type.Object({ after: Type.Optional(Username) });
export const AdminUsers = Type.Object({
  users: Type.Array(AdminUser, { maxItems: ADMIN_USERS_PAGE }),
  /** Whether others come after these. */
  more: Type.Boolean(),
});

/** `POST /key-rotation`. */
export const AdminKeyRotationStart = Type.Object({
  /** Why none was begun, as a sentence; null when one is under way. */
  refusal: Type.Union([Type.String(), Type.Null()]),
});

/** `GET /key-rotation`: how far the last one of this process is. */
export const AdminKeyRotation = Type.Object({
  phase: Type.Enum(['idle', 'sealing', 'waiting', 'done', 'failed']),
  /** Of the newest key: 8 hex digits that tell nothing of it. */
  keyId: Type.String({ pattern: '^[0-9a-f]{8}$' }),
  accounts: Count,
  sessions: Count,
  /** Under no key that there is. */
  unreadable: Count,
  /** Keys that there still are besides the newest. */
  olderKeys: Count,
});
export type AdminKeyRotation = Type.Static<typeof AdminKeyRotation>;

/** `GET /storage`: where the system keeps what it has. */
export const AdminStorage = Type.Object({
  eventLog: Type.Enum(['embedded', 'kafka']),
  database: Type.Enum(['sqlite', 'postgresql']),
});
export type AdminStorage = Type.Static<typeof AdminStorage>;

/** Accounts and their open sessions; suspended users count as users, deleted ones do not. */
const Accounts = { users: Count, suspended: Count, deleted: Count, sessions: Count };
export const AdminAccounts = Type.Object(Accounts);
export type AdminAccounts = Type.Static<typeof AdminAccounts>;

/** `GET /stats`: how the process that answers is. */
export const AdminStats = Type.Object({
  version: Type.String({ maxLength: 64 }),
  /** Version of Node, as it says it. */
  node: Type.String({ maxLength: 64 }),
  /** Seconds since the process was started. */
  uptime: Count,
  ...Accounts,
  /** Users; null where the directory runs apart. */
  online: Type.Union([Count, Type.Null()]),
  /** The services in the process, and whether each is ready. */
  ready: Type.Record(Type.String({ pattern: '^[a-z]{1,32}$' }), Type.Boolean()),
});
export type AdminStats = Type.Static<typeof AdminStats>;

/** The first 8 digits of the hash of an invitation's code. */
const InviteId = Type.String({ pattern: '^[0-9a-f]{8}$' });
/** Who may register with one invitation, and days that it counts. */
export const INVITE_USES_MAX = 1_000;
export const INVITE_DAYS_MAX = 365;

export const AdminInvite = Type.Object({
  id: InviteId,
  uses: Count,
  used: Count,
  madeAt: Time,
  expiresAt: Time,
});
export type AdminInvite = Type.Static<typeof AdminInvite>;
/** `GET /invites`. */
export const AdminInvites = Type.Object({ invites: Type.Array(AdminInvite) });
/** `POST /invites`: the code is told once. */
export const AdminMakeInvite = Type.Object({
  uses: Type.Integer({ minimum: 1, maximum: INVITE_USES_MAX }),
  days: Type.Integer({ minimum: 1, maximum: INVITE_DAYS_MAX }),
});
export const AdminMadeInvite = Type.Object({
  code: Type.String({ pattern: '^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$' }),
});
/** `POST /invites/end`. */
export const AdminUninvite = Type.Object({ id: InviteId });
