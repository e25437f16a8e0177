import type { Migration } from '@secure-chat/service-kit/database';

export const keyLog: Migration = {
  name: '002-key-log',
  async up(schema) {
    await schema.schema.alterTable('users', (table) => {
      // Null: the row is of before, and is written again when the topic is followed.
      table.string('key_hash', 64);
    });
    await schema.schema.createTable('key_log', (table) => {
      table.bigInteger('entry').primary();
      table.string('folded_name').notNullable();
      table.string('username').notNullable();
      table.string('kind', 16).notNullable();
      table.string('content', 64).notNullable();
      table.bigInteger('at').notNullable();
      table.string('hash', 64).notNullable();
      table.index(['folded_name', 'kind', 'entry']);
    });
    await schema.schema.createTable('bundles', (table) => {
      table.string('folded_name').primary();
      table.text('bundle').notNullable();
    });
  },
};
