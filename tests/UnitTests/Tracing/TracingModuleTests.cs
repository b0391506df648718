using System.ComponentModel.DataAnnotations;
using McpPlatform.Messaging;
using McpPlatform.Tracing;
using McpPlatform.Tracing.Application.Traces;
using McpPlatform.Tracing.Infrastructure.Messaging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Tracing;

public sealed class TracingModuleTests
{
    [Fact]
    public void The_inbox_notes_batches_under_the_name_that_gateways_ask_for()
    {
        var bus = new ModuleBus(TracingModule.Name);

        TracingModule.AddConsumers(bus);

        bus.Consumers.ShouldHaveSingleItem().Queue.ShouldBe(CallRecordsConsumer.Queue);
    }

    [Theory]
    [InlineData("1.00:00:00", true)]
    [InlineData("365.00:00:00", true)]
    [InlineData("23:59:59", false)]
    [InlineData("00:00:00", false)]
    [InlineData("3651.00:00:00", false)]
    public void A_retention_of_less_than_a_day_or_more_than_ten_years_is_refused_by_name(string retention, bool expected)
    {
        var problems = new List<ValidationResult>();
        var options = new TracingOptions { Retention = TimeSpan.Parse(retention, System.Globalization.CultureInfo.InvariantCulture) };

        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true).ShouldBe(expected);

        problems.ShouldAllBe(p => p.ErrorMessage!.Contains("Tracing__Retention"));
    }

    [Fact]
    public void A_cursor_is_read_back_exactly()
    {
        var position = new CallPosition(CallRecords.Noon.AddMicroseconds(7), Guid.CreateVersion7());

        CallPosition.TryParse(position.ToCursor(), out var read).ShouldBeTrue();

        read.ShouldBe(position);
    }
}
