import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opensearch.action.ActionRequest;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.broadcast.BroadcastRequest;
import org.opensearch.action.support.broadcast.BroadcastResponse;
import org.opensearch.action.support.broadcast.node.TransportBroadcastByNodeAction;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.block.ClusterBlockException;
import org.opensearch.cluster.block.ClusterBlockLevel;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.routing.ShardRouting;
import org.opensearch.cluster.routing.ShardsIterator;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.core.action.support.DefaultShardOperationFailedException;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.common.io.stream.Writeable;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.index.analysis.AnalysisRegistry;
import org.opensearch.indices.IndicesService;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.action.RestToXContentListener;
import org.opensearch.transport.TransportService;
import org.opensearch.transport.client.node.NodeClient; // before 3.0 in another package: node.py replaces it

/**
 * The stand-in of the index-management plugin's `POST /_plugins/_refresh_search_analyzers/{index}`.
 *
 * <p>That plugin is not on Maven Central. Like it, this one responds with 200 if shards failed, names concrete
 * indices, and leaves out an index with a failed shard. It needs OpenSearch 2.11 or later.
 */
public final class RefreshSearchAnalyzers extends Plugin implements ActionPlugin {
  private static final ActionType<Response> TYPE =
      new ActionType<>("indices:admin/refresh_search_analyzers", Response::new);

  @Override
  public List<ActionHandler<? extends ActionRequest, ? extends ActionResponse>> getActions() {
    return List.of(new ActionHandler<>(TYPE, Action.class));
  }

  @Override
  public List<RestHandler> getRestHandlers(
      Settings settings, RestController controller, ClusterSettings clusterSettings,
      IndexScopedSettings indexSettings, SettingsFilter filter, IndexNameExpressionResolver resolver,
      Supplier<DiscoveryNodes> nodes) {
    return List.of(new Handler());
  }

  static final class Handler extends BaseRestHandler {
    @Override
    public String getName() {
      return "refresh_search_analyzers";
    }

    @Override
    public List<Route> routes() {
      return List.of(new Route(RestRequest.Method.POST, "/_plugins/_refresh_search_analyzers/{index}"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
      Request broadcast = new Request(Strings.splitStringByCommaToArray(request.param("index")));
      return channel -> client.execute(TYPE, broadcast, new RestToXContentListener<>(channel));
    }
  }

  static final class Request extends BroadcastRequest<Request> {
    Request(String... indices) {
      super(indices);
    }

    Request(StreamInput in) throws IOException {
      super(in);
    }
  }

  record Refreshed(String index, List<String> analyzers) implements Writeable {
    Refreshed(StreamInput in) throws IOException {
      this(in.readString(), in.readStringList());
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
      out.writeString(index);
      out.writeStringCollection(analyzers);
    }
  }

  static final class Response extends BroadcastResponse {
    private final Map<String, Set<String>> analyzers = new TreeMap<>();

    Response(StreamInput in) throws IOException {
      super(in); // from another node; here is one
    }

    Response(int total, int successful, int failed, List<DefaultShardOperationFailedException> failures,
        List<Refreshed> refreshed) {
      super(total, successful, failed, failures);
      for (Refreshed each : refreshed) {
        analyzers.computeIfAbsent(each.index(), index -> new TreeSet<>()).addAll(each.analyzers());
      }
      Set<String> failedIndices =
          failures.stream().map(DefaultShardOperationFailedException::index).collect(Collectors.toSet());
      analyzers.keySet().removeAll(failedIndices);
    }

    @Override
    protected void addCustomXContentFields(XContentBuilder builder, Params params) throws IOException {
      builder.startArray("successful_refresh_details");
      for (Map.Entry<String, Set<String>> each : analyzers.entrySet()) {
        builder.startObject().field("index", each.getKey());
        builder.field("refreshed_analyzers", each.getValue()).endObject();
      }
      builder.endArray();
    }
  }

  public static final class Action extends TransportBroadcastByNodeAction<Request, Response, Refreshed> {
    private final AnalysisRegistry registry;
    private final IndicesService indices;

    @Inject
    public Action(
        ClusterService cluster, TransportService transport, ActionFilters filters,
        IndexNameExpressionResolver resolver, AnalysisRegistry registry, IndicesService indices) {
      super(TYPE.name(), cluster, transport, filters, resolver, Request::new, "management");
      this.registry = registry;
      this.indices = indices;
    }

    @Override
    protected Refreshed shardOperation(Request request, ShardRouting shard) throws IOException {
      var mappers = indices.indexServiceSafe(shard.shardId().getIndex()).getShard(shard.id()).mapperService();
      return new Refreshed(shard.getIndexName(), mappers.reloadSearchAnalyzers(registry));
    }

    @Override
    protected Response newResponse(
        Request request, int total, int successful, int failed, List<Refreshed> refreshed,
        List<DefaultShardOperationFailedException> failures, ClusterState state) {
      return new Response(total, successful, failed, failures, refreshed);
    }

    @Override
    protected ShardsIterator shards(ClusterState state, Request request, String[] concrete) {
      return state.routingTable().allShards(concrete);
    }

    @Override
    protected Refreshed readShardResult(StreamInput in) throws IOException {
      return new Refreshed(in);
    }

    @Override
    protected Request readRequestFrom(StreamInput in) throws IOException {
      return new Request(in);
    }

    @Override
    protected ClusterBlockException checkGlobalBlock(ClusterState state, Request request) {
      return state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_READ);
    }

    @Override
    protected ClusterBlockException checkRequestBlock(ClusterState state, Request request, String[] concrete) {
      return state.blocks().indicesBlockedException(ClusterBlockLevel.METADATA_READ, concrete);
    }
  }
}
