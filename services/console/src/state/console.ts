import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Endpoint } from '../api/endpoint.ts';
import type { Model } from '../api/models.ts';
import { createAccount } from './account.ts';
import type { AccountState } from './account.ts';
import { createChat } from './chat.ts';
import type { AskWith, ChatState } from './chat.ts';
import type { FrameScheduler } from './frame-batch.ts';
import { createKept } from './kept.ts';
import type { KeptState } from './kept.ts';
import { readSettings, writeSettings } from './preferences.ts';
import type { KeyValueStore, Settings } from './preferences.ts';
import { createRoute } from './route.ts';
import type { AddressBar, RouteState } from './route.ts';
import type { ConversationEntry } from '../api/conversations.ts';

export interface ConsoleParts {
  endpoint: Endpoint;
  frames: FrameScheduler;
  address: AddressBar;
  /** Gone with the tab: the key. */
  session: KeyValueStore;
  /** Kept: model and settings, nothing secret. */
  local: KeyValueStore;
}

/** Everything the page shows and does, without the page. */
export interface Console extends Pick<AccountState, 'account' | 'signIn' | 'resume'> {
  /** For what is loaded only when it is opened. */
  readonly endpoint: Endpoint;
  readonly frames: FrameScheduler;
  readonly route: RouteState;
  /** Undefined while nobody is signed in. */
  readonly key: ReadonlySignal<string | undefined>;
  readonly chat: ChatState;
  readonly kept: KeptState;
  readonly models: ReadonlySignal<readonly Model[]>;
  readonly model: ReadonlySignal<Model | undefined>;
  readonly settings: ReadonlySignal<Settings>;
  /** What is typed and not yet sent. */
  readonly draft: Signal<string>;
  readonly now: () => number;
  chooseModel(id: string): void;
  changeSettings(settings: Settings): void;
  send(): Promise<void>;
  tryAgain(): Promise<void>;
  newChat(): void;
  openConversation(entry: ConversationEntry): Promise<void>;
  deleteConversation(entry: ConversationEntry): Promise<void>;
  signOut(): void;
}

const MODEL = 'plinth.model';

export function createConsole({ endpoint, frames, address, session, local }: ConsoleParts): Console {
  const { account, signIn, resume, signOut } = createAccount(endpoint, session);
  const chat = createChat(endpoint, frames);
  const kept = createKept(endpoint, chat);
  const chosen = signal(local.getItem(MODEL) ?? '');
  const settings = signal(readSettings(local));
  const draft = signal('');
  const models = computed(() => (account.value.status === 'signed-in' ? account.value.models : []));
  const model = computed(() => models.value.find(({ id }) => id === chosen.value) ?? models.value[0]);

  const held = computed(() => (account.value.status === 'signed-in' ? account.value.key : undefined));
  const key = () => held.value;

  async function withOptions(work: (options: AskWith) => Promise<void>): Promise<void> {
    const held = key();
    const current = model.value;
    if (held === undefined || current === undefined) return;
    await work({ key: held, model: current.id, settings: settings.value });
    if (kept.list.value !== undefined && key() === held) await kept.refresh(held);
  }

  async function enter(work: Promise<void>): Promise<void> {
    await work;
    const held = key();
    if (held !== undefined) await kept.refresh(held);
  }

  function chooseModel(id: string): void {
    chosen.value = id;
    local.setItem(MODEL, id);
  }

  return {
    endpoint,
    frames,
    route: createRoute(address),
    key: held,
    account,
    chat,
    kept,
    models,
    model,
    settings,
    draft,
    now: endpoint.now,
    chooseModel,
    signIn: (given) => enter(signIn(given)),
    resume: () => enter(resume()),
    changeSettings(given) {
      settings.value = given;
      writeSettings(local, given);
    },
    send: () =>
      withOptions(async (options) => {
        const text = draft.value;
        if (text.trim() === '' || chat.live.value !== undefined) return;
        draft.value = '';
        await chat.ask(text, options);
      }),
    tryAgain: () => withOptions((options) => chat.askAgain(options)),
    newChat: () => chat.show([]),
    async openConversation(entry) {
      const held = key();
      if (held === undefined) return;
      await kept.open(held, entry);
      if (models.value.some(({ id }) => id === entry.model)) chooseModel(entry.model);
    },
    async deleteConversation(entry) {
      const held = key();
      if (held !== undefined) await kept.remove(held, entry);
    },
    signOut() {
      chat.reset();
      kept.clear();
      draft.value = '';
      signOut();
    },
  };
}
