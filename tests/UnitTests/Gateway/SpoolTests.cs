using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Spool;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class SpoolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingObserver _observer = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_record_is_in_the_file_when_its_append_completes()
    {
        await using var spool = Open();
        var record = Record("echo");

        (await spool.Append(record)).ShouldBeTrue();

        File.ReadAllBytes(Segment(1)).Length.ShouldBe((int)spool.UsedBytes);
        Outbox(spool).Next()!.Records.ShouldHaveSingleItem().ShouldBe(record);
    }

    [Fact]
    public async Task Many_concurrent_appends_are_all_kept_once()
    {
        await using var spool = Open(segmentBytes: 50_000);
        var records = Enumerable.Range(0, 1000).Select(i => Record($"t{i}")).ToList();

        (await Task.WhenAll(records.Select(record => Task.Run(async () => await spool.Append(record))))).ShouldAllBe(written => written);

        ReadAll(spool).Select(r => r.Tool).Order().ShouldBe(records.Select(r => r.Tool).Order());
    }

    [Theory]
    [InlineData(1), InlineData(7), InlineData(60)]
    public async Task A_torn_tail_costs_the_torn_record_only(int bytesLost)
    {
        await using (var spool = Open())
        {
            foreach (var tool in (string[])["a", "b", "c"])
            {
                await spool.Append(Record(tool));
            }
        }

        using (var file = File.OpenWrite(Segment(1)))
        {
            file.SetLength(file.Length - bytesLost);
        }

        await using var again = Open();
        (await again.Append(Record("d"))).ShouldBeTrue();
        ReadAll(again).Select(r => r.Tool).ShouldBe(["a", "b", "d"]);
        _observer.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_record_costs_itself_and_is_reported()
    {
        await using var spool = Open();
        await spool.Append(Record("a"));
        var start = spool.UsedBytes;
        await spool.Append(Record("b"));
        await spool.Append(Record("c"));
        using (var file = new FileStream(Segment(1), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = start + 20;
            file.WriteByte(0xFF);
        }

        ReadAll(spool).Select(r => r.Tool).ShouldBe(["a", "c"]);
        _observer.Events.ShouldBe(["spool damaged"]);
    }

    [Fact]
    public async Task A_full_spool_drops_counts_and_says_so_until_tracing_has_committed()
    {
        await using var spool = Open(segmentBytes: 100_000, maxBytes: 600_000);
        spool.Accepts.ShouldBeTrue();
        while (await spool.Append(Record("t", new string('x', 16_000))))
        {
            spool.UsedBytes.ShouldBeLessThanOrEqualTo(600_000);
        }

        spool.Accepts.ShouldBeFalse();
        spool.Dropped.ShouldBe(1);

        CommitAll(Outbox(spool));

        spool.Accepts.ShouldBeTrue();
        (await spool.Append(Record("u"))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_spool_that_cannot_write_tries_the_disk_by_itself_and_accepts_again()
    {
        await using var spool = Open();
        Directory.CreateDirectory(Segment(1));
        (await spool.Append(Record("lost"))).ShouldBeFalse();
        (spool.Accepts, spool.Dropped).ShouldBe((false, 1));

        Directory.Delete(Segment(1));
        for (var i = 0; i < 100 && !spool.Accepts; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        spool.Accepts.ShouldBeTrue("although nobody wrote");
        (await spool.Append(Record("kept"))).ShouldBeTrue();
        ReadAll(spool).Select(r => r.Tool).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task A_segment_goes_when_all_of_its_batches_are_committed_and_not_before()
    {
        await using var spool = Open(segmentBytes: 60_000);
        var outbox = Outbox(spool);
        await spool.Append(Record("a", new string('x', 40_000)));
        var first = Send(outbox);
        await spool.Append(Record("b", new string('x', 40_000)));
        var second = Send(outbox);
        await spool.Append(Record("c"));
        var third = Send(outbox);

        outbox.MarkCommitted([second.EventId, third.EventId]);
        File.Exists(Segment(1)).ShouldBeTrue();

        outbox.MarkCommitted([first.EventId]);
        File.Exists(Segment(1)).ShouldBeFalse();
        File.Exists(Segment(2)).ShouldBeTrue();
        outbox.Awaited().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_that_tracing_does_not_know_is_sent_again_under_the_same_id()
    {
        await using var spool = Open();
        var outbox = Outbox(spool);
        await spool.Append(Record("a"));
        var sent = Send(outbox);
        await spool.Append(Record("b"));

        outbox.Next()!.Records.ShouldHaveSingleItem().Tool.ShouldBe("b");
        _time.Advance(TimeSpan.FromMinutes(1));
        var again = outbox.Next()!;

        again.EventId.ShouldBe(sent.EventId);
        again.Records.ShouldBe(sent.Records);
    }

    [Fact]
    public async Task After_a_restart_only_what_was_not_committed_is_sent_and_no_id_means_two_batches()
    {
        var ids = new List<Guid>();
        await using (var spool = Open())
        {
            var outbox = Outbox(spool);
            await spool.Append(Record("a"));
            var a = Send(outbox);
            await spool.Append(Record("b"));
            var b = Send(outbox);
            outbox.MarkCommitted([a.EventId]);
            await spool.Append(Record("c"));
            ids.AddRange([a.EventId, b.EventId]);
        }

        await using var again = Open();
        var rest = Outbox(again).Next()!;
        rest.Records.Select(r => r.Tool).ShouldBe(["b", "c"]);
        ids.ShouldNotContain(rest.EventId, "it starts where b started, but it is longer");
    }

    [Fact]
    public async Task Segment_numbers_are_not_used_again_when_all_segments_are_gone()
    {
        Guid first;
        await using (var spool = Open(segmentBytes: 100))
        {
            await spool.Append(Record("a"));
            var outbox = Outbox(spool);
            first = Send(outbox).EventId;
            outbox.MarkCommitted([first]);
            Directory.GetFiles(_folder.Path, "*.segment").ShouldBeEmpty();
        }

        await using var again = Open();
        await again.Append(Record("a"));
        Send(Outbox(again)).EventId.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_disk_that_refuses_costs_records_and_recovers_by_itself()
    {
        await using var spool = Open();
        Directory.CreateDirectory(Segment(1));
        (await spool.Append(Record("a"))).ShouldBeFalse();
        spool.Accepts.ShouldBeFalse();
        spool.Dropped.ShouldBe(1);
        _observer.Events.ShouldBe(["spool failed"]);

        Directory.Delete(Segment(1));

        (await spool.Append(Record("b"))).ShouldBeTrue();
        spool.Accepts.ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_process_cannot_open_the_same_folder()
    {
        await using var spool = Open();

        Should.Throw<IOException>(() => Open());
    }

    [Fact]
    public async Task Files_are_readable_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix file modes.");
        await using var spool = Open();
        await spool.Append(Record("a"));

        new FileInfo(Segment(1)).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static CallRecord Record(string tool, string? arguments = null) => new(
        Guid.CreateVersion7(), Guid.Empty, DateTimeOffset.UnixEpoch, 1234, "someone", Guid.CreateVersion7(), "tools/call", "server", tool, "ok", null,
        "2026-07-28", "rule", 7, 10, 20, arguments, null, "", "request", "gateway");

    private static SpoolBatch Send(SpoolOutbox outbox)
    {
        var batch = outbox.Next().ShouldNotBeNull();
        outbox.MarkSent(batch);
        return batch;
    }

    private static void CommitAll(SpoolOutbox outbox)
    {
        while (outbox.Next() is { } batch)
        {
            outbox.MarkSent(batch);
            outbox.MarkCommitted([batch.EventId]);
        }
    }

    private List<CallRecord> ReadAll(CallSpool spool)
    {
        var records = new List<CallRecord>();
        var outbox = Outbox(spool);
        while (outbox.Next() is { } batch)
        {
            outbox.MarkSent(batch);
            records.AddRange(batch.Records);
        }

        return records;
    }

    private string Segment(long number) => _folder.File($"{number:D12}.segment");

    private SpoolOutbox Outbox(CallSpool spool) => new(spool, TimeSpan.FromSeconds(30), _observer, _time);

    private CallSpool Open(long segmentBytes = 1 << 20, long maxBytes = 1 << 30) =>
        new(new SpoolOptions(_folder.Path, "gw", segmentBytes, maxBytes), _observer, TimeProvider.System);
}
