using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Registry.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class EndpointReports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "endpoint_reports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    gateway_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    endpoints = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_endpoint_reports", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_endpoint_reports_tenant_id",
                table: "endpoint_reports",
                column: "tenant_id");

            migrationBuilder.CreateIndex(
                name: "ix_endpoint_reports_tenant_id_gateway_id",
                table: "endpoint_reports",
                columns: new[] { "tenant_id", "gateway_id" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "endpoint_reports");
        }
    }
}
