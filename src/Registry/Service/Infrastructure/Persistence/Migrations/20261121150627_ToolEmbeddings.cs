using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Registry.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ToolEmbeddings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "tool_embeddings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    space = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false, collation: "C"),
                    vector = table.Column<byte[]>(type: "bytea", maxLength: 4096, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tool_embeddings", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_tool_embeddings_tenant_id",
                table: "tool_embeddings",
                column: "tenant_id");

            migrationBuilder.CreateIndex(
                name: "ix_tool_embeddings_tenant_id_space_hash",
                table: "tool_embeddings",
                columns: new[] { "tenant_id", "space", "hash" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "tool_embeddings");
        }
    }
}
