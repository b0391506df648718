using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Policy.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Limits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "max_concurrency",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "burst",
                table: "api_keys",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "rate",
                table: "api_keys",
                type: "double precision",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "max_concurrency",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "burst",
                table: "api_keys");

            migrationBuilder.DropColumn(
                name: "rate",
                table: "api_keys");
        }
    }
}
