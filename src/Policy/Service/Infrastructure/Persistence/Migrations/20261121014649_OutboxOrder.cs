using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Policy.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class OutboxOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "order_key",
                table: "outbox_messages",
                type: "uuid",
                nullable: false,
                computedColumnSql: "COALESCE((payload ->> 'TenantId')::uuid, '00000000-0000-0000-0000-000000000000'::uuid)",
                stored: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_order_key_sequence",
                table: "outbox_messages",
                columns: new[] { "order_key", "sequence" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_outbox_messages_order_key_sequence",
                table: "outbox_messages");

            migrationBuilder.DropColumn(
                name: "order_key",
                table: "outbox_messages");
        }
    }
}
