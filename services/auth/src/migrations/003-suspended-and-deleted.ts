import type { Migration } from '@secure-chat/service-kit/database';

export const suspendedAndDeleted: Migration = {
  name: '003-suspended-and-deleted',
  async up(schema) {
    await schema.schema.alterTable('accounts', (table) => {
      // Null: it is not.
      table.bigInteger('suspended_at');
      table.bigInteger('deleted_at');
    });
    await schema.schema.alterTable('sessions', (table) => {
      table.index('folded_name');
    });
  },
};
