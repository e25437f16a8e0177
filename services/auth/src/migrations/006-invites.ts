import type { Migration } from '@secure-chat/service-kit/database';

export const invites: Migration = {
  name: '006-invites',
  async up(schema) {
    await schema.schema.createTable('invites', (table) => {
      table.string('code_hash', 64).primary();
      table.integer('uses').notNullable();
      table.integer('used').notNullable();
      table.bigInteger('made_at').notNullable();
      table.bigInteger('expires_at').notNullable();
    });
  },
};
