import type { Migration } from '@secure-chat/service-kit/database';

export const accounts: Migration = {
  name: '001-accounts',
  async up(schema) {
    await schema.schema.createTable('accounts', (table) => {
      table.string('folded_name').primary();
      table.string('username').notNullable();
      table.text('public_key').notNullable();
      table.text('sealed_password_hash').notNullable();
      table.bigInteger('registered_at').notNullable();
      table.boolean('published').notNullable();
    });
    await schema.schema.createTable('sessions', (table) => {
      table.string('session_id').primary();
      table.string('folded_name').notNullable().references('folded_name').inTable('accounts');
      table.bigInteger('opened_at').notNullable();
      table.bigInteger('seen_at').notNullable().index();
    });
  },
};
