import type { Migration } from '@secure-chat/service-kit/database';

export const sessionClients: Migration = {
  name: '004-session-clients',
  async up(schema) {
    await schema.schema.alterTable('sessions', (table) => {
      table.string('client').notNullable().defaultTo('');
      table.index('opened_at');
    });
  },
};
