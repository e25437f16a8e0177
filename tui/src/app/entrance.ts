import type { ChatClient, Progress } from '@secure-chat/client/chat-client';
import { ClientError, type ClientErrorCode, UnknownServerError } from '@secure-chat/client/client-error';
import { clientLabel } from '@secure-chat/client/client-label';
import type { ServerTrust } from '@secure-chat/client/server-trust';
import { originOf } from '@secure-chat/command-line/account-options';
import type { Intent } from '../ui/intents.ts';
import type { FieldName, Notice, SignInState, Stranger } from '../ui/state.ts';
import type { Ui } from '../ui/ui.ts';
import type { Accounts } from './accounts.ts';
import { broughtHere, WELCOME } from './chat.ts';
import type { TuiOptions } from './options.ts';
import { sentenceOf } from './sentence.ts';
import { shortPath } from './short-path.ts';

/** What a person wants before there is a chat. */
export type EntranceIntent = Extract<
  Intent,
  { kind: 'sign-in' | 'create-account' | 'import' | 'check-server' | 'judge-server' | 'judge-profile' }
>;

/** What is said first in the chat. */
export interface Arrival {
  /** Null where `newcomer` says it. */
  readonly notice: Notice | null;
  /** Folder of an account that was made just now, for a person to read; null for one that was there. */
  readonly newcomer: string | null;
}

/** The way into the chat: the form, and what comes of it. */
export interface Entrance {
  /** The form as it is at a start. */
  open(): void;
  /** The form for the user who was signed in. */
  reopen(username: string, part: Pick<Partial<SignInState>, 'progress' | 'reason'>): void;
  /** The account of this user is deleted, and its profile closed: asks what becomes of that. */
  askOfProfile(username: string): void;
  handle(intent: EntranceIntent): void;
}

export interface EntranceOptions {
  readonly accounts: Accounts;
  readonly options: Pick<
    TuiOptions,
    | 'server'
    | 'trust'
    | 'settings'
    | 'newServer'
    | 'username'
    | 'profileOf'
    | 'ownProfile'
    | 'profiles'
    | 'importFile'
  >;
  readonly ui: Pick<Ui, 'showSignIn' | 'updateSignIn'>;
  readonly onEntered: (client: ChatClient, arrival: Arrival) => void;
}

const PROGRESS: Readonly<Record<Progress, string>> = {
  importing: 'Importing the profile ...',
  unlocking: 'Unlocking the profile ...',
  'making keys': 'Making your keys. This takes a few seconds ...',
  registering: 'Registering ...',
  'signing in': 'Signing in ...',
};

/** In the list of the account's sessions. */
const LABEL = clientLabel('TUI');

/** For who is on the machine of the server, or has none yet. */
const BRING_UP = ' On this machine npm start brings one up.';

const STRANGER =
  'Nobody that is known here vouches for this server: its key will be shown, for you to compare.';

/** Where a person mends it. */
const FIELD_OF: Readonly<Partial<Record<ClientErrorCode, FieldName>>> = {
  bad_name: 'username',
  name_taken: 'username',
  bad_invite: 'invite',
  registration_closed: 'server',
  profile_exists: 'username',
  no_profile: 'username',
  weak_password: 'password',
  wrong_password: 'password',
  offline: 'server',
  not_a_server: 'server',
};

const NOT_RIGHT: ClientError = new ClientError(
  'not_a_server',
  'Nothing was sent. Ask the operator for the address of the server and for its key.',
);

export const createEntrance = ({ accounts, options, ui, onEntered }: EntranceOptions): Entrance => {
  const { server: given, importFile, ownProfile } = options;
  const { requests } = options.settings;
  let { trust } = options;
  /** The stranger that the person has said yes to, as long as no profile remembers it. */
  let letIn: Stranger | null = null;
  const trustIn = (server: string): ServerTrust =>
    letIn?.server === server ? { ...trust, pin: letIn.key } : trust;
  /** Goes on where a stranger has been judged. */
  let judged: (isRight: boolean) => void = () => {};
  /** Keeps or removes the profile that was asked about. */
  let settled: (removes: boolean) => void = () => {};
  /** The user of the imported profile: it lies where `--username` or `--profile` say, whatever its name. */
  let imported: { username: string; profile: string } | null = null;

  const profileOf = (username: string): string =>
    imported?.username.toLowerCase() === username.toLowerCase()
      ? imported.profile
      : options.profileOf(username);

  const stateOf = (username: string, part: Partial<SignInState> = {}): SignInState => {
    const profiles = options.profiles();
    const [only = ''] = profiles.length === 1 ? profiles : [];
    const who = username || only;
    const isHere = who !== '' && accounts.profileExists(profileOf(who));
    const mode = isHere ? 'sign-in' : 'create-account';
    return {
      server: given ?? options.newServer,
      serverGiven: given !== null,
      username: who,
      mode: who === '' && profiles.length > 1 ? 'choose' : mode,
      profiles,
      reason: null,
      progress: null,
      error: null,
      errorAt: null,
      serverCheck: null,
      stranger: null,
      leftover: null,
      ...part,
    };
  };

  /** The server that was asked for last: the answer of another one comes too late. */
  let asked = '';

  const onProgress = (step: Progress): void => ui.updateSignIn({ progress: PROGRESS[step], error: null });

  const fail = (error: unknown): void =>
    ui.updateSignIn({
      progress: null,
      error: sentenceOf(error),
      errorAt: (error instanceof ClientError && FIELD_OF[error.code]) || null,
    });

  const askAbout = ({ server, key }: UnknownServerError, goOn: () => void): void => {
    judged = (isRight) => {
      ui.updateSignIn({ stranger: null });
      if (!isRight) {
        fail(NOT_RIGHT);
        return;
      }
      letIn = { server, key };
      if (originOf(asked) === server)
        ui.updateSignIn({ serverCheck: { server: asked, asking: false, problem: null } });
      goOn();
    };
    ui.updateSignIn({ progress: null, stranger: { server, key } });
  };

  const enter = (
    open: (trust: ServerTrust) => Promise<ChatClient>,
    arrival: Arrival,
    trusted = trust,
  ): Promise<void> => {
    ui.updateSignIn({ progress: 'Connecting ...', error: null });
    return open(trusted).then(
      (client) => {
        letIn = null;
        // What was to be forgotten is: what is remembered from here on stays.
        if (trust.pin === 'none') trust = { ...trust, pin: null };
        onEntered(client, arrival);
      },
      (error: unknown) => {
        if (!(error instanceof UnknownServerError)) fail(error);
        else askAbout(error, () => void enter(open, arrival, { ...trusted, pin: error.key }));
      },
    );
  };

  const signIn = (username: string, password: string, notice: Notice): Promise<void> => {
    const profile = profileOf(username);
    // The profile that is named after its user says itself whose it is.
    const whose = ownProfile || imported ? username : null;
    const account = { server: given, requests, profile, username: whose, password, label: LABEL, onProgress };
    return enter((trust) => accounts.signIn({ ...account, trust }), { notice, newcomer: null });
  };

  const createAccount = (wanted: Extract<EntranceIntent, { kind: 'create-account' }>): Promise<void> => {
    const { username, password } = wanted;
    const profile = profileOf(username);
    const server = originOf(wanted.server) ?? wanted.server;
    const invite = wanted.invite ?? undefined;
    const account = { server, requests, profile, username, password, invite, label: LABEL, onProgress };
    const arrival = { notice: null, newcomer: shortPath(profile) };
    return enter((trust) => accounts.createAccount({ ...account, trust }), arrival, trustIn(server));
  };

  /** Imports, then signs in: the user name is in the file. */
  const importFrom = (file: string, password: string): void => {
    const profile = options.profileOf(options.username);
    onProgress('importing');
    accounts.importProfile({ file, profile, password, onProgress }).then(({ username }) => {
      imported = { username, profile };
      ui.showSignIn(stateOf(username));
      return signIn(username, password, broughtHere(shortPath(profile)));
    }, fail);
  };

  const checkServer = (server: string): void => {
    asked = server;
    const tell = (asking: boolean, problem: string | null): void => {
      if (asked === server) ui.updateSignIn({ serverCheck: { server, asking, problem } });
    };
    tell(true, null);
    const origin = originOf(server) ?? server;
    accounts.checkServer(origin, trustIn(origin)).then(
      () => tell(false, null),
      (error: unknown) => {
        const away = error instanceof ClientError && error.code === 'offline';
        const sentence = error instanceof UnknownServerError ? STRANGER : sentenceOf(error);
        tell(false, `${sentence}${away ? BRING_UP : ''}`);
      },
    );
  };

  const showForm = (username: string, reason: string | null = null): void => {
    const state = stateOf(username, { reason });
    ui.showSignIn(state);
    if (state.mode === 'create-account') checkServer(state.server);
  };

  const removeProfile = (username: string, profile: string): void => {
    try {
      accounts.removeProfile(profile);
      imported = null;
      showForm('', `The account ${username} is deleted, and its profile removed.`);
    } catch {
      showForm(username, `The profile could not be removed. Delete it yourself: ${shortPath(profile)}`);
    }
  };

  const askOfProfile = (username: string): void => {
    const profile = profileOf(username);
    const folder = shortPath(profile);
    settled = (removes) => {
      if (removes) removeProfile(username, profile);
      else
        showForm(
          username,
          `The account ${username} is deleted. Your password opens what is here, to be read.`,
        );
    };
    ui.showSignIn(stateOf(username, { leftover: { username, folder } }));
  };

  return {
    askOfProfile,
    open: () => {
      if (importFile === null) {
        showForm(options.username);
        return;
      }
      const reason = `The profile in ${importFile} will be imported, with its history.`;
      ui.showSignIn(stateOf(options.username, { mode: 'import', reason }));
    },
    reopen: (username, part) => ui.showSignIn(stateOf(username, part)),
    handle: (intent) => {
      switch (intent.kind) {
        case 'sign-in':
          void signIn(intent.username, intent.password, WELCOME);
          return;
        case 'create-account':
          void createAccount(intent);
          return;
        case 'import':
          if (importFile !== null) importFrom(importFile, intent.password);
          return;
        case 'check-server':
          checkServer(intent.server);
          return;
        case 'judge-server':
          judged(intent.isRight);
          return;
        case 'judge-profile':
          settled(intent.removes);
      }
    },
  };
};
