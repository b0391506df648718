using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Registry.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DeclaredRoutes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "origin",
                table: "routes",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "origin",
                table: "routes");
        }
    }
}
