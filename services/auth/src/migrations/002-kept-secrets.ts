import type { Migration } from '@secure-chat/service-kit/database';

export const keptSecrets: Migration = {
  name: '002-kept-secrets',
  async up(schema) {
    await schema.schema.createTable('kept_secrets', (table) => {
      table.string('name').primary();
      table.text('sealed_value').notNullable();
    });
  },
};
