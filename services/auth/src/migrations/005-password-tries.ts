import type { Migration } from '@secure-chat/service-kit/database';

export const passwordTries: Migration = {
  name: '005-password-tries',
  async up(schema) {
    await schema.schema.createTable('password_tries', (table) => {
      table.string('folded_name').notNullable().references('folded_name').inTable('accounts');
      // A pseudonym of the network; empty for all that have no row of their own.
      table.string('network').notNullable();
      table.integer('failures').notNullable();
      table.bigInteger('failed_at').notNullable();
      // Of the last one that was right.
      table.bigInteger('proven_at').notNullable();
      table.primary(['folded_name', 'network']);
    });
  },
};
