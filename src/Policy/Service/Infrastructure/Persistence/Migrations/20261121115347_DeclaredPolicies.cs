using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Policy.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DeclaredPolicies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "limit_origin",
                table: "tenants",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "managed_by",
                table: "policy_sets",
                type: "character varying(64)",
                maxLength: 64,
                nullable: false,
                defaultValue: "Api");

            migrationBuilder.AddColumn<string>(
                name: "origin",
                table: "policy_sets",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "limit_origin",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "managed_by",
                table: "policy_sets");

            migrationBuilder.DropColumn(
                name: "origin",
                table: "policy_sets");
        }
    }
}
