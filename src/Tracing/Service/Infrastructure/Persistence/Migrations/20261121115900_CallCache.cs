using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace McpPlatform.Tracing.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class CallCache : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "cache",
                table: "call_records",
                type: "character varying(16)",
                maxLength: 16,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "cache",
                table: "call_records");
        }
    }
}
