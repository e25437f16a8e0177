import type { Migration } from '@secure-chat/service-kit/database';

export const users: Migration = {
  name: '001-users',
  async up(schema) {
    await schema.schema.createTable('users', (table) => {
      table.string('folded_name').primary();
      table.string('username').notNullable();
      table.text('public_key').notNullable();
      table.bigInteger('registered_at').notNullable();
    });
  },
};
