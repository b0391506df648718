using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Policy.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ClientProfile : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "client_profile",
                table: "api_keys",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "client_profile",
                table: "api_keys");
        }
    }
}
